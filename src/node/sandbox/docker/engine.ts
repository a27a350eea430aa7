import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Refusal } from '../probe.ts';
import { asAccount, DockerClient } from './client.ts';

/** Not looked for on PATH: a folder of the workspace may be there. */
const PLACES = ['/usr/bin/docker', '/usr/local/bin/docker', '/snap/bin/docker'];

/** An engine on this machine that answers. */
export interface Engine {
  /** The client's program. */
  file: string;
  /** The context's name, as the account calls it. */
  context: string;
  /** Such as `unix:///var/run/docker.sock`. */
  host: string;
  /** For people: "Docker 28.2.2". */
  version: string;
  /** How its client says that mounts in a folder do not come with it. */
  alone: string;
  /** Whether uid 0 inside is the account's own uid outside. */
  isRootless: boolean;
}

/** Systems on which an engine does not have the host's files and toolchains as they are. */
export function whyNoDocker(platform: NodeJS.Platform): Refusal | undefined {
  if (platform === 'linux') return undefined;
  return refusal(
    `this version uses an engine on the same Linux system, and this is ${platform}`,
    'Work in a Linux environment such as WSL, a dev container or a remote host.',
  );
}

/** The engine that the account's Docker context points to, or why there is none to be used. */
export async function findEngine(
  environment: NodeJS.ProcessEnv,
  home: string,
  places: readonly string[] = PLACES,
): Promise<Engine | Refusal> {
  const file = places.find((place) => existsSync(place));
  if (file === undefined)
    return refusal(
      'the Docker client is not installed',
      'Install Docker Engine (docs.docker.com/engine/install), or set sandbox.backend: host in your policy.',
    );
  const client = new DockerClient(asAccount(file, environment, home));
  const named = await client.ask(['context', 'inspect', '--format', '{{.Name}}\n{{.Endpoints.docker.Host}}']);
  // What the client warns of comes on standard error, before or after.
  const lines = named.words.split('\n');
  const at = lines.findIndex((line) => /^(?:unix|npipe|tcp|ssh|http|https|fd):\/\//.test(line));
  const [context, host] = [lines[at - 1], lines[at]];
  if (named.code !== 0 || context === undefined || host === undefined)
    return refusal(
      `the Docker client does not say which engine it would use (${lastLine(named.words)})`,
      'See what `docker context ls` says, and choose a context: docker context use default.',
    );
  if (!host.startsWith('unix://'))
    return refusal(
      `the Docker context ${context} points to an engine elsewhere (${host}), and this version uses engines on this machine alone`,
      'Choose a local one (docker context use default, and unset DOCKER_HOST), or set sandbox.backend: host.',
    );
  const trouble = await whyNoAnswer(host.slice('unix://'.length), context);
  if (trouble) return trouble;
  return (await asked(client, { file, context, host })) ?? refusal('the engine said nothing of itself', RESTART);
}

const RESTART = 'Start it: sudo systemctl restart docker.';

async function asked(
  client: DockerClient,
  place: Pick<Engine, 'file' | 'context' | 'host'>,
): Promise<Engine | Refusal | undefined> {
  const version = await client.ask(['version', '--format', '{{.Client.Version}} {{.Server.Version}} {{.Server.Os}}']);
  const [, clients, servers, os] = /(\S+) (\S+) (linux|windows)$/m.exec(version.words) ?? [];
  if (version.code !== 0 || clients === undefined || servers === undefined)
    return refusal(`the engine does not answer (${lastLine(version.words)})`, RESTART);
  if (os !== 'linux') return refusal('the engine runs Windows containers', 'Switch it to Linux containers.');
  const info = await client.ask(['info', '--format', '{{json .SecurityOptions}}']);
  if (info.code !== 0) return refusal(`the engine does not answer (${lastLine(info.words)})`, RESTART);
  if (info.words.includes('name=userns'))
    return refusal(
      'the engine gives its containers other users (userns-remap), who could not write in your workspace',
      'Use an engine without userns-remap, or a rootless one.',
    );
  if (!info.words.includes('name=seccomp'))
    return refusal('the engine has no system call filter (seccomp)', 'Use an engine that was built with seccomp.');
  return {
    ...place,
    version: `Docker ${servers}`,
    alone: Number.parseInt(clients, 10) >= 25 ? 'bind-recursive=disabled' : 'bind-nonrecursive',
    isRootless: info.words.includes('name=rootless'),
  };
}

/** Looks at the socket: what the client says about it differs from version to version. Nothing here connects but the client. */
async function whyNoAnswer(socket: string, context: string): Promise<Refusal | undefined> {
  const which = `(context ${context}, ${socket})`;
  try {
    await access(socket, constants.R_OK | constants.W_OK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      return refusal(
        `your account may not talk to the engine ${which}`,
        `Become a member of the docker group (sudo usermod -aG docker ${userInfo().username}, then log in anew), which is as much as being root on this machine; or use a rootless engine (docs.docker.com/engine/security/rootless).`,
      );
    return refusal(`no engine runs ${which}`, 'Start it: sudo systemctl start docker.');
  }
  return undefined;
}

function refusal(cause: string, fix: string): Refusal {
  return { works: false, cause: `Commands cannot be confined by Docker: ${cause}.`, fix };
}

/** What the client says is wrong: the line that names the engine's error, or else its last one. */
export function lastLine(words: string): string {
  const lines = words.trim().split('\n');
  const line = lines.find((one) => /error response from daemon|^docker: /i.test(one)) ?? lines.at(-1) ?? '';
  return line === '' ? 'it said nothing' : line.slice(0, 300);
}
