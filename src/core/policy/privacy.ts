import { originText, type Origin } from '../../shared/decision.ts';

/** What a policy says of privacy, with the place that says it. */
export interface Privacy {
  value: 'maximum' | 'usual' | 'unsaid';
  origin: Origin;
}

/** Where Maximum privacy is on: the place that says so. */
export function maximumPrivacy({ privacy }: { privacy: Privacy }): Origin | undefined {
  return privacy.value === 'maximum' ? privacy.origin : undefined;
}

/** "Maximum privacy is on (user policy)", to begin a sentence with; the whole place stands beside a decision. */
export function privacyWords({ layer }: Origin): string {
  return `Maximum privacy is on (${originText({ layer })})`;
}

/** The rule that a denial by it names. */
export const PRIVACY_RULE = 'privacy: maximum';
