import type { Launch } from '../../../shared/action.ts';
import type { Masked, Redactor, Secret } from '../../redaction/redactor.ts';
import { withoutSlices } from '../../redaction/slices.ts';

/** The variables of the user's that a command is given, as what its output must not show. */
function givenSecrets({ environment }: Launch, variables: readonly string[]): Secret[] {
  return variables.flatMap((name) =>
    Object.hasOwn(environment, name) ? [{ name, value: environment[name] ?? '' }] : [],
  );
}

/** A command's output without what it was given, whole or in pieces. */
export function maskedOutput(
  output: string,
  isCut: boolean,
  { launch, variables, redactor }: { launch: Launch; variables: readonly string[]; redactor: Redactor },
): Masked {
  const whole = isCut ? redactor.maskGrowing(output) : redactor.mask(output);
  const { text, masked } = withoutSlices(whole.text, givenSecrets(launch, variables));
  return { text, masked: whole.masked + masked };
}
