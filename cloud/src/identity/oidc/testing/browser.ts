/** As much of a browser as signing in takes: cookies by name of server, redirects and forms. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** Goes to an address, as a page that people click on does, and stays for the answer. */
  async go(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = this.jar(url);
    const headers = new Headers({ accept: 'text/html', ...init.headers });
    if (jar.size > 0) headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(name.length + 1);
      const gone = rest.some((word) => /^\s*(?:max-age=0|expires=thu, 01 jan 1970)/i.test(word));
      if (gone) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Cookies for a server; ports do not part them, as in real browsers. */
  jar(url: string): Map<string, string> {
    const { hostname } = new URL(url);
    const jar = this.#jars.get(hostname) ?? new Map<string, string>();
    this.#jars.set(hostname, jar);
    return jar;
  }

  /** @param beginning of the names of cookies */
  forgetAll(beginning: string): void {
    for (const jar of this.#jars.values()) {
      for (const name of jar.keys()) if (name.startsWith(beginning)) jar.delete(name);
    }
  }

  /**
   * Signs in at the provider by its pages.
   * @param url where a sign-in begins
   * @param until a part of the address to stop at
   * @returns that address, not yet gone to
   */
  async signInThere(url: string, login: string, until: string): Promise<string> {
    let next = url;
    let response = await this.go(next);
    for (let steps = 0; steps < 20; steps += 1) {
      const to = response.headers.get('location');
      if (to !== null) {
        next = new URL(to, next).href;
        if (next.includes(until)) return next;
        response = await this.go(next);
        continue;
      }
      const page = await response.text();
      const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
      if (action === undefined)
        throw new Error(`${response.status} at ${next}: ${page.slice(0, 400)}`);
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
      const body = new URLSearchParams({ prompt, login, password: 'any' });
      next = new URL(action, next).href;
      response = await this.go(next, { method: 'POST', body });
    }
    throw new Error(`never came to ${until}`);
  }
}
