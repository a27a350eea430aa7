import type { LanguageServices } from '../../src/core/editor/languages.ts';

type Said = Partial<Record<keyof LanguageServices, unknown>>;

/** Language services that say what a test has them say, whatever that is. */
export function scriptedLanguages(said: Said | (() => Said)): LanguageServices {
  const answer = (name: keyof LanguageServices): unknown => {
    const own = (typeof said === 'function' ? said() : said)[name];
    return typeof own === 'function' ? (own as () => unknown)() : Promise.resolve(own ?? { items: [], left: 0 });
  };
  return {
    problems: () => answer('problems') as never,
    symbolsIn: () => answer('symbolsIn') as never,
    symbolsNamed: () => answer('symbolsNamed') as never,
    definitions: () => answer('definitions') as never,
    references: () => answer('references') as never,
    rename: () => answer('rename') as never,
    openFiles: () => answer('openFiles') as never,
  };
}

export const found = (items: unknown, left = 0): { items: unknown; left: number } => ({ items, left });
