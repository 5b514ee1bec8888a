import { describe, expect, it } from 'vitest';
import { agentWords } from './agent.ts';

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

describe('the browser of a session', () => {
  it.each([
    [`Mozilla/5.0 (X11; Linux x86_64) ${chrome}`, 'Chrome · Linux'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Edg/156.0.0.0`, 'Edge · Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
    [`Mozilla/5.0 (Linux; Android 16; Pixel 9) ${chrome}`, 'Chrome · Android'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1',
      'Safari · iOS',
    ],
  ])('is named in two words', (agent, words) => {
    expect(agentWords(agent)).toBe(words);
  });

  it('is not guessed', () => {
    expect(agentWords('curl/8.1')).toBeNull();
    expect(agentWords('')).toBeNull();
  });
});
