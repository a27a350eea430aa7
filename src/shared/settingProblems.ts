import { isProvider, PROVIDER_NAMES } from './providers.ts';
import { LONGEST_WAIT, MODEL_SETTINGS, type ModelSettings } from './settings.ts';

/** A setting whose value is none, and what to do about it. */
export interface SettingProblem {
  name: `oversign.model.${keyof ModelSettings}`;
  words: string;
}

/** What is no value of the setting that it stands in. Nothing is taken for another one in silence. */
export function settingProblems(read: (name: keyof ModelSettings) => unknown): SettingProblem[] {
  return (Object.keys(MODEL_SETTINGS) as (keyof ModelSettings)[]).flatMap((name) => {
    const value = read(name);
    const why = value === undefined ? undefined : problemOf(name, value);
    return why === undefined
      ? []
      : [{ name: `oversign.model.${name}`, words: `The setting oversign.model.${name} ${why}` }];
  });
}

function problemOf(name: keyof ModelSettings, value: unknown): string | undefined {
  switch (name) {
    case 'provider':
      return typeof value === 'string' && isProvider(value.trim())
        ? undefined
        : `names no provider. Choose one of ${PROVIDER_NAMES.join(', ')}.`;
    case 'name':
      return typeof value === 'string' ? undefined : 'must be a text: the name of a model, or empty.';
    case 'baseUrl':
      return isText(value) && (value.trim() === '' || isWebAddress(value))
        ? undefined
        : 'is no address. Write one that begins with https:// or http://, or leave it empty.';
    case 'proxy':
      return isText(value) && (['', 'none'].includes(value.trim()) || isWebAddress(value))
        ? undefined
        : 'is no proxy. Write an address such as http://proxy.example:3128, none, or leave it empty.';
    case 'caFile':
      return isText(value) ? undefined : 'must be a text: the path of a file, or empty.';
    case 'firstByteSeconds':
    case 'betweenBytesSeconds':
      return typeof value === 'number' && value >= 0 && value <= LONGEST_WAIT
        ? undefined
        : `must be a number of seconds from 0 to ${LONGEST_WAIT}.`;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(value.trim()) && URL.canParse(value.trim());
}
