type Name = 'language' | 'theme' | 'order' | 'keys';

/** What this browser keeps of a person's choices; null when nothing, or storage is switched off. */
export function remembered(name: Name): string | null {
  try {
    return localStorage.getItem(`caretaker.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: Name, value: string): void {
  try {
    localStorage.setItem(`caretaker.${name}`, value);
  } catch {
    // A browser without storage forgets the choice with the page.
  }
}
