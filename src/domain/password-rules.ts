import { accountBounds } from './bounds.ts';
import { NightglassError } from './errors.ts';

/** What people type where they were asked for more characters: these are guessed first. */
const commonWords = [
  'password',
  'passwort',
  'passphrase',
  'secret',
  'geheim',
  'welcome',
  'willkommen',
  'letmein',
  'changeme',
  'iloveyou',
  'administrator',
  'admin',
  'root',
  'user',
  'login',
  'qwerty',
  'qwertz',
  'asdf',
  'football',
  'baseball',
  'dragon',
  'monkey',
  'sunshine',
  'princess',
  'superman',
  'starwars',
  'camera',
  'security',
  'control',
  'controlroom',
  'watchlist',
  'nightglass',
  'woaini',
  'mima',
];
const rows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  '!@#$%^&*()_+',
];
/** Characters that have to be left once all that is guessed first is taken out. */
const leastLeft = 6;

/** A password as it is hashed: the forms that keyboards give one character are the same. */
export function foldedPassword(given: string): string {
  return given.normalize('NFKC');
}

/**
 * Whether a password may be chosen, after NIST SP 800-63B: a length, and none of those that are
 * tried first; no rule on kinds of characters.
 * @param known names of the person: they are guessed first, too
 * @throws NightglassError `BAD_REQUEST` says what is wrong with it, never what it is
 */
export function assertPassword(given: string, known: readonly string[]): void {
  const password = foldedPassword(given);
  const length = [...password].length;
  const [least, most] = accountBounds.password;
  const refuse = (why: string): never => {
    throw new NightglassError('BAD_REQUEST', `Cannot take this password: ${why}`, {
      hint: 'Some words that do not belong together are long and easy to remember.',
    });
  };
  if (length < least) refuse(`it has ${length} characters, and needs ${least}`);
  if (length > most) refuse(`it may have ${most} characters at most`);
  if (remainderOf(password, known).length < leastLeft) {
    refuse('it is made of names, common words, or a row or repetition, which are guessed first');
  }
}

/** What is left of a password without all that is tried first, read as it stands and as disguised. */
function remainderOf(password: string, known: readonly string[]): string {
  const names = known
    .flatMap((name) => [name, ...name.split(/[\s._@+-]+/)])
    .map((name) => name.normalize('NFKC').toLowerCase())
    .filter((name) => name.length >= 3);
  const words = [...names, ...commonWords].sort((a, b) => b.length - a.length);
  const plain = withoutTail(password.toLowerCase());
  const [a = '', b = ''] = [plain, undisguised(plain)].map((text) => withoutWords(text, words));
  return a.length < b.length ? a : b;
}

function withoutWords(text: string, words: readonly string[]): string {
  let left = withoutRepetition(text);
  for (const word of words) left = withoutRepetition(left.replaceAll(word, ''));
  return withoutTail(withoutRows(left.replace(/(?:19|20)\d\d/g, '')));
}

/** Without the digits and signs that people put at the end where they are asked for some. */
function withoutTail(text: string): string {
  return text.replace(/[\s\d!-/:-@[-`{-~]+$/, '') || text;
}

/** With letters in the place of what people write for them. */
function undisguised(text: string): string {
  const letters: Readonly<Record<string, string>> = {
    ...{ '@': 'a', '4': 'a', '3': 'e', '1': 'i', '!': 'i' },
    ...{ '0': 'o', $: 's', '5': 's', '7': 't' },
  };
  return text.replace(/[@431!0$57]/g, (sign) => letters[sign] ?? sign);
}

/** The part that is repeated, once: `abcabcabc` is as good as `abc`. */
function withoutRepetition(text: string): string {
  const [, once = text] = /^(.{1,8}?)\1+.{0,3}$/su.exec(text) ?? [];
  return once;
}

/** Without neighbours of a keyboard, the alphabet or the digits, four and more in a row. */
function withoutRows(text: string): string {
  const both = rows.flatMap((row) => [row, [...row].reverse().join('')]);
  let left = '';
  for (let at = 0; at < text.length; ) {
    let length = 4;
    while (at + length <= text.length && inRow(both, text.slice(at, at + length))) length += 1;
    if (length > 4) {
      at += length - 1;
    } else {
      left += text[at];
      at += 1;
    }
  }
  return left;
}

function inRow(all: readonly string[], part: string): boolean {
  return all.some((row) => row.includes(part));
}
