// What is still being written: marks that are opened and not yet closed would stand there as marks and turn into
// something else a moment later. Here they are closed, or left out as long as nothing stands behind them.

/** The last block of a message that goes on, which does not end in code, as it will look once it is closed. */
export function calmed(block: string): string {
  const at = block.lastIndexOf('\n\n') + 1;
  const [before, last] = [block.slice(0, at), block.slice(at)];
  return before + closedMarks(withoutHalfLink(withoutLoneMark(last)));
}

/** A last line of nothing but marks may become a heading, a list, a fence, a rule: it is not known yet. */
function withoutLoneMark(text: string): string {
  return text.replace(/(^|\n)[ \t]*(?:[`~]{1,2}|[-*+_]{1,2}|\d{1,9}[.)]|#{1,6}|>+|\|)[ \t]*$/, '$1');
}

/** `[words](https://exa`: the words, as long as it is not known where they lead. `items[0` is none. */
function withoutHalfLink(text: string): string {
  return text.replace(
    /(^|[\s(*_"])(!?)\[([^[\]\n]{0,500})(?:\](?:\([^()\s]{0,2000})?)?$/,
    (whole, before: string, image: string, words: string) => {
      const isTask = /^ ?$|^[xX]$/.test(words) && image === '';
      return isTask ? whole : before + words;
    },
  );
}

function closedMarks(text: string): string {
  const withoutCode = text.replace(/`[^`\n]*`/g, '');
  if (/`/.test(withoutCode)) return text.endsWith('`') ? text.slice(0, -1) : `${text}\``;
  return ['**', '~~'].reduce((shown, mark) => closed(shown, withoutCode, mark), text);
}

function closed(text: string, withoutCode: string, mark: string): string {
  if ((withoutCode.split(mark).length - 1) % 2 === 0) return text;
  if (text.endsWith(mark)) return text.slice(0, -mark.length);
  const half = mark.charAt(0);
  const end = text.replace(/\s+$/, '');
  return end.endsWith(half) ? `${end}${half}` : `${end}${mark}`;
}
