import * as z from 'zod';
import type { Decision } from '../../../shared/decision.ts';
import { decision } from '../../policy/decision.ts';
import type { EffectivePolicy } from '../../policy/merge.ts';

/** The languages that a program can be given in, beside bash, which has a tool of its own. */
export const CodeLanguageSchema = z.enum(['python', 'javascript']);
export type CodeLanguage = z.infer<typeof CodeLanguageSchema>;

interface Spoken {
  label: string;
  /** The program that runs it, by the name that commands find it by. */
  program: string;
  /** All words of it: whoever calls chooses none of them. */
  words: readonly string[];
  /** What brings it where it is missing. */
  fix: string;
}

export const LANGUAGES: Record<CodeLanguage, Spoken> = {
  python: {
    label: 'Python',
    program: 'python3',
    words: ['python3', '-'],
    fix: 'Install Python 3 where commands of this machine find it, or use another language.',
  },
  javascript: {
    label: 'JavaScript',
    program: 'node',
    words: ['node', '--input-type=module', '-'],
    fix: 'Install Node.js where commands of this machine find it, or use another language.',
  },
};

/** Those that a policy allows, in the order that they are offered. */
export function allowedLanguages({ languages }: Pick<EffectivePolicy, 'languages'>): CodeLanguage[] {
  return CodeLanguageSchema.options.filter((one) => languages.value.includes(one));
}

/** Why a language is not to be run; undefined where it is. */
export function languageDenial(
  language: CodeLanguage,
  policy: Pick<EffectivePolicy, 'languages'>,
): Decision | undefined {
  const allowed = allowedLanguages(policy);
  if (allowed.includes(language)) return undefined;
  const others = allowed.map((one) => LANGUAGES[one].label).join(', ');
  return decision(
    'deny',
    'tools.code_execution.languages',
    `${LANGUAGES[language].label} is not among the allowed languages${others === '' ? '' : `: ${others}`}.`,
    policy.languages.origin,
  );
}

/**
 * A program as a line of bash that hands it to its interpreter on its input, to the letter: nothing in it is bash's to
 * read. A last line without an end is given one.
 */
export function lineFor(language: CodeLanguage, code: string): string {
  const lines = new Set(code.split('\n'));
  let mark = 'CODE';
  for (let at = 1; lines.has(mark); at += 1) mark = `CODE_${at}`;
  return `${LANGUAGES[language].words.join(' ')} <<'${mark}'\n${code}${code.endsWith('\n') ? '' : '\n'}${mark}`;
}
