import type { HttpRequest } from '../../../shared/action.ts';
import { named } from '../../../shared/named.ts';
import { ToolFailure } from '../../outcome.ts';
import { isOrdinary } from '../../redaction/ordinary.ts';
import {
  secretRefused,
  secretsIn,
  withValues,
  type NamedSecret,
  type SecretValues,
} from '../../secrets/namedSecret.ts';
import type { ToolPorts } from '../ports.ts';

type Ports = Pick<ToolPorts, 'secretValues' | 'redactor'>;

const VALUE = /^[\x20-\x7e]+$/;

/** What stands in the way of sending a request with the secrets that it names, before anybody is asked. Throws `ToolFailure`. */
export async function checkSecrets(request: HttpRequest, secrets: readonly NamedSecret[], ports: Ports): Promise<void> {
  // What the policy refuses is said by the decision.
  if (secretRefused(request, secrets) === undefined) await valuesFor(request, secrets, ports.secretValues);
}

/**
 * The request as it leaves: each `{{secret:NAME}}` of its headers is what a person keeps under that name, which is masked
 * from then on in all that is shown. Throws `ToolFailure` where the policy of now does not let that be.
 */
export async function withSecrets(
  request: HttpRequest,
  secrets: readonly NamedSecret[],
  { secretValues, redactor }: Ports,
): Promise<HttpRequest> {
  if (secretsIn(request.headers).length === 0) return request;
  const refused = secretRefused(request, secrets);
  if (refused !== undefined) throw new ToolFailure(`${refused} Nothing was sent`);
  const values = await valuesFor(request, secrets, secretValues);
  for (const [name, value] of values) redactor.add({ name, value });
  return { ...request, headers: withValues(request.headers, values) };
}

async function valuesFor(
  { headers }: HttpRequest,
  secrets: readonly NamedSecret[],
  kept: SecretValues,
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const name of secretsIn(headers)) {
    const secret = secrets.find((one) => one.name === name);
    const value = secret && (await kept.valueOf(secret))?.trim();
    if (value === undefined || value === '')
      throw new ToolFailure(
        `nobody keeps a value for the secret ${named(name)}: the user keeps one with ${wayTo(secret)}`,
      );
    if (!VALUE.test(value)) throw new ToolFailure(`the secret ${named(name)} has characters that no header has`);
    if (isOrdinary(value))
      throw new ToolFailure(
        `the secret ${named(name)} looks like an ordinary word: where a reply repeats it, it could not be masked`,
      );
    values.set(name, value);
  }
  return values;
}

function wayTo(secret: NamedSecret | undefined): string {
  const editor = '"Oversign: Keep a Named Secret" in the editor';
  return secret?.variable === undefined || secret.variable === ''
    ? editor
    : `${editor}, or in the variable ${secret.variable}`;
}
