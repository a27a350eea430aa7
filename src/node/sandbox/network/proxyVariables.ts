import { authorityVariables } from './authorityVariables.ts';

/**
 * What tells programs of the door. `ALL_PROXY` names it as HTTP too: some clients break off at a SOCKS proxy without a
 * package for it, and those that speak SOCKS find it at the same port. Node 24 asks for NODE_USE_ENV_PROXY; Maven and
 * Gradle know none of the usual names. `given`: what the command has already; what of it is no proxy stays.
 */
export function proxyVariables(
  port: number,
  given: Record<string, string>,
  authorities: Record<string, string> = authorityVariables(),
): Record<string, string> {
  const door = `http://127.0.0.1:${port}`;
  const local = 'localhost,127.0.0.1,::1';
  const java = ['http', 'https'].map((scheme) => `-D${scheme}.proxyHost=127.0.0.1 -D${scheme}.proxyPort=${port}`);
  const options = (name: string): string => [given[name] ?? [], java].flat().join(' ');
  return {
    ...QUIET,
    ...authorities,
    ...given,
    ...Object.fromEntries(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => both(name, door))),
    ...Object.fromEntries(both('NO_PROXY', local)),
    NODE_USE_ENV_PROXY: '1',
    MAVEN_OPTS: options('MAVEN_OPTS'),
    GRADLE_OPTS: options('GRADLE_OPTS'),
  };
}

/**
 * Programs that look for a newer version of themselves, or report how they are used, leave it: each would be a question
 * about a host that the command itself does not need.
 */
const QUIET = {
  DO_NOT_TRACK: '1',
  NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  YARN_ENABLE_TELEMETRY: '0',
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  GATSBY_TELEMETRY_DISABLED: '1',
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  CHECKPOINT_DISABLE: '1',
};

function both(name: string, value: string): [string, string][] {
  return [
    [name, value],
    [name.toLowerCase(), value],
  ];
}
