/** The only addresses that words of the agent may lead to outside the editor. */
const SCHEMES = ['http:', 'https:', 'mailto:'];
/** Characters of an address. */
export const MOST_ADDRESS = 4096;

/**
 * Where an address leads, as it will be asked for: names in the letters of the network (`xn--…`), blanks and other
 * scripts written out. Undefined where it is none, or leads elsewhere than to the web or to a mail.
 */
export function webTarget(href: string): string | undefined {
  if (href.length > MOST_ADDRESS || !/^(?:https?:\/\/|mailto:)[^\s\p{Cc}]+$/iu.test(href)) return undefined;
  const url = URL.canParse(href) ? new URL(href) : undefined;
  return url && SCHEMES.includes(url.protocol) ? url.href : undefined;
}
