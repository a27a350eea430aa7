/**
 * Somebody else’s text, set apart in a message: it stands between two fences that are longer than any in it, so that it
 * cannot end them by itself. `language`: what kind of text it is, where that is known.
 */
export function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return [`${fence}${language}`, text.trimEnd(), fence].join('\n');
}
