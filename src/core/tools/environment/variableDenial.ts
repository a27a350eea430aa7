import type { Decision } from '../../../shared/decision.ts';
import { named } from '../../../shared/named.ts';
import { SECRET_VARIABLE } from '../../policy/defaults.ts';
import { decision } from '../../policy/decision.ts';
import type { EffectivePolicy } from '../../policy/merge.ts';
import { carriesCredential } from '../../redaction/carriesCredential.ts';
import type { Redactor } from '../../redaction/redactor.ts';

const MOST_NAMED = 20;
/** What takes its place: whoever reads a refusal is told the right way. */
const anotherWay = (name: string): string =>
  `A command can use it without showing it: write ${named(`$${name}`)} there.`;

type Policy = Pick<EffectivePolicy, 'variables' | 'redactedVariables'>;

/** Why a variable is not to be read, whatever it holds; undefined where it may be asked for. */
export function nameDenial(name: string, { variables, redactedVariables }: Policy): Decision | undefined {
  const { value: allowed, origin } = variables;
  if (!allowed.includes(name)) {
    const more = allowed.length > MOST_NAMED ? ` and ${allowed.length - MOST_NAMED} more` : '';
    const those = `${allowed.slice(0, MOST_NAMED).map(named).join(', ')}${more}`;
    return decision(
      'deny',
      'environment.allowed_variables',
      `${named(name)} is not among the variables that your policy names: ${those}.`,
      origin,
    );
  }
  const masked = redactedVariables.find(({ value }) => value === name);
  if (masked)
    return decision(
      'deny',
      'redaction.variables',
      `Your policy masks ${named(name)} everywhere. ${anotherWay(name)}`,
      masked.origin,
    );
  return SECRET_VARIABLE.test(name)
    ? decision('deny', 'likely-secret', `${named(name)} looks like a secret by its name. ${anotherWay(name)}`)
    : undefined;
}

/** The same for what it holds. */
export function valueDenial(name: string, value: string, redactor: Redactor): Decision | undefined {
  return redactor.masks(value) || carriesCredential(value) || carriesCredential(`${name}=${value}`)
    ? decision('deny', 'likely-secret', `What ${named(name)} holds looks like a secret. ${anotherWay(name)}`)
    : undefined;
}
