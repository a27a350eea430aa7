/** In how much of a page its encoding may be said (HTML Standard, 13.2.3.2: the first 1024 bytes). */
const MOST_PRESCAN = 1024;
const MARKS: readonly [bytes: readonly number[], name: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];
/** Names that the second library is asked for where the platform does not know them. None that hides ASCII (UTF-7). */
const ASKED_FOR = /^(?:windows|cp|iso|ibm|gb|big5|euc|shift|koi8|mac)/;

/** Bytes as text: by their mark, what their head says, what the page says, or what they look like. Never fails. */
export async function textOf(
  bytes: Uint8Array,
  { charset, isHtml }: { charset: string; isHtml: boolean },
): Promise<{ text: string; encoding: string }> {
  const marked = MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte))?.[1];
  const said = [marked, charset, isHtml ? inPage(bytes) : undefined];
  for (const name of said) {
    const text = name === undefined || name === '' ? undefined : await decoded(bytes, name.toLowerCase());
    if (text !== undefined) return { text, encoding: name ?? '' };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    // Not UTF-8, or cut within a character.
  }
  const { analyse } = await import('chardet');
  const guess = analyse(bytes.subarray(0, 65_536))[0];
  const guessed = guess && guess.confidence >= 30 ? guess.name : 'windows-1252';
  const text = await decoded(bytes, guessed.toLowerCase());
  return { text: text ?? new TextDecoder().decode(bytes), encoding: `${guessed}, a guess` };
}

/** What a page says of its encoding. It is read as ASCII, so no encoding in which that is something else can be meant. */
function inPage(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, MOST_PRESCAN)).toString('latin1');
  const name = /<meta\b[^>]{0,300}\bcharset\s*=\s*["']?\s*([\w:.-]{1,40})/i.exec(head)?.[1];
  return name !== undefined && /^utf-?16/i.test(name) ? 'utf-8' : name;
}

async function decoded(bytes: Uint8Array, name: string): Promise<string | undefined> {
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    // The platform does not know it.
  }
  if (!ASKED_FOR.test(name)) return undefined;
  const { default: iconv } = await import('iconv-lite');
  return iconv.encodingExists(name) ? iconv.decode(Buffer.from(bytes), name) : undefined;
}
