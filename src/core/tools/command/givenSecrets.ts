import type { Launch } from '../../../shared/action.ts';
import type { Masked, Redactor, Secret } from '../../redaction/redactor.ts';
import { withoutSlices } from '../../redaction/slices.ts';

/** What came of a command: its beginning, and where that was not all, its end. */
interface Output {
  output: string;
  end: string;
  outputBytes: number;
  /** Bytes of it that were kept at most. */
  kept: number;
}

/** Of an end without a line end: the second half of a secret may stand there, and no secret is as long. */
const MOST_TORN = 16_384;

/** The variables of the user's that a command is given, as what its output must not show. */
function givenSecrets({ environment }: Launch, variables: readonly string[]): Secret[] {
  return variables.flatMap((name) =>
    Object.hasOwn(environment, name) ? [{ name, value: environment[name] ?? '' }] : [],
  );
}

/** What masks a command's output: what is known to be secret, and what it was given, whole or in pieces. */
export interface OutputMask {
  mask(text: string): Masked;
  /** The same for a text that ends in the middle: what may be the beginning of a secret is left out. */
  maskGrowing(text: string): Masked;
  /** How many characters at the end of a growing text have to wait for what follows. */
  heldBack(text: string): number;
}

export function outputMask(launch: Launch, variables: readonly string[], redactor: Redactor): OutputMask {
  const given = givenSecrets(launch, variables);
  const without = ({ text, masked }: Masked): Masked => {
    const whole = withoutSlices(text, given);
    return { text: whole.text, masked: masked + whole.masked };
  };
  return {
    mask: (text) => without(redactor.mask(text)),
    maskGrowing: (text) => without(redactor.maskGrowing(text)),
    heldBack: (text) => redactor.heldBack(text),
  };
}

/**
 * A command's output without what it was given, whole or in pieces. What was cut out of the middle is said there, and at
 * both sides of it nothing stands that may be half a secret.
 */
export function maskedOutput({ output, end, outputBytes, kept }: Output, how: OutputMask): Masked {
  if (outputBytes <= kept) return how.mask(output);
  const [first, last] = [how.maskGrowing(output), how.mask(behindTear(end))];
  return {
    text: `${first.text}\n[… of ${outputBytes} bytes of output, ${outputBytes - kept} or a little more are left out here …]\n${last.text}`,
    masked: first.masked + last.masked,
  };
}

/** Without what may be the second half of a secret. */
export function behindTear(end: string): string {
  const line = end.indexOf('\n');
  return end.slice(line === -1 || line > MOST_TORN ? MOST_TORN : line + 1);
}
