/** Words that the commonest long passwords are made of; digits and signs around them add little. */
const words = [
  'password passwort passw pass word admin administrator root user guest login welcome hello letmein',
  'changeme change secret access master default test testing temp monkey dragon football baseball',
  'superman batman princess sunshine iloveyou love trustno shadow whatever starwars pokemon michael',
  'jordan charlie qwertyuiop qwerty qwertz azerty asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qaz wsx edc',
  'abcdefghijklmnopqrstuvwxyz abcdefgh abcdef abcd abc aaa mima woaini nihao caretaker company summer',
  'winter spring autumn january monday please new my your the is me one two three is a i',
]
  .join(' ')
  .split(' ')
  .toSorted((a, b) => b.length - a.length);

const rows = ['1234567890'.repeat(12), '0987654321'.repeat(12)];
const steps = [...rows, 'abcdefghijklmnopqrstuvwxyz'];
const signs: Record<string, string> = { '@': 'a', $: 's', '0': 'o', '1': 'i', '3': 'e', '5': 's' };

/** Whether a password is among the first that anybody would try. */
export function isCommon(password: string): boolean {
  const small = password.toLowerCase();
  if (new Set(small).size < 5) return true;
  if (steps.some((row) => row.includes(small))) return true;
  const digits = small.replaceAll(/\D/g, '');
  // Many digits that are no row, as of a dice, are as good as letters.
  if (digits.length >= 9 && !rows.some((row) => row.includes(digits))) return false;
  const core = small.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const undisguised = core.replaceAll(/[@$0135]/g, (sign) => signs[sign] ?? sign);
  return [small, undisguised].some((text) => {
    const letters = text.replaceAll(/[^\p{L}]/gu, '');
    return letters.length >= 4 && isMadeOf(letters);
  });
}

/** Whether a text is words of the list one after another. */
function isMadeOf(text: string): boolean {
  const reached = new Array<boolean>(text.length + 1).fill(false);
  reached[0] = true;
  for (let at = 0; at < text.length; at += 1) {
    if (!reached[at]) continue;
    for (const word of words) if (text.startsWith(word, at)) reached[at + word.length] = true;
  }
  return reached[text.length] === true;
}
