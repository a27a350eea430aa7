/** A text with every spelling of a home folder as `~`: it names the account, and often the person. */
export function withoutHome(text: string, home: string): string {
  if (home === '' || home === '/') return text;
  const spellings = [home, home.replaceAll('\\', '/'), encodeURI(home.replaceAll('\\', '/'))];
  return [...new Set(spellings)].reduce((masked, one) => masked.replaceAll(one, '~'), text);
}
