import type { Backend, ConfiningBackend } from './backend.ts';
import { DockerSandbox } from './docker/dockerSandbox.ts';
import { whyNoDocker } from './docker/engine.ts';
import { HostSandbox } from './hostSandbox.ts';
import { whyNoBubblewrap } from './probe.ts';
import { SeatbeltSandbox } from './seatbelt/seatbeltSandbox.ts';
import { whyNotUnconfined, Unconfined } from './unconfined.ts';

/**
 * Backends that confine, in the order in which `sandbox.backend: auto` tries them. What the policy's key may say, and
 * its help, are made from this: `npm run generate`.
 */
export const CONFINING = {
  bubblewrap: {
    choice: 'host',
    about: 'bubblewrap on Linux',
    holds: { network: { none: true, door: true }, view: { 'in-place': true, 'copy-on-write': true } },
    whyNot: whyNoBubblewrap,
    open: ({ folders, environment, never, lookUp }) => new HostSandbox(folders, environment, never, { lookUp }),
  },
  seatbelt: {
    choice: 'host',
    about: 'Seatbelt on macOS',
    holds: { network: { none: true, door: false }, view: { 'in-place': true, 'copy-on-write': false } },
    whyNot: (platform) =>
      platform === 'darwin'
        ? undefined
        : { works: false, cause: `Seatbelt is a part of macOS, and this is ${platform}.`, fix: 'Work on macOS.' },
    open: ({ folders, environment, never }) => new SeatbeltSandbox(folders, environment, never),
  },
  docker: {
    choice: 'docker',
    about: 'a container of a Docker engine on this machine, on Linux',
    holds: { network: { none: true, door: false }, view: { 'in-place': true, 'copy-on-write': false } },
    whyNot: whyNoDocker,
    open: ({ folders, environment, never }) => new DockerSandbox(folders, environment, never),
  },
} satisfies Record<string, ConfiningBackend>;

/** What policies may say of `sandbox.backend` already although no backend is that yet. */
export const TO_COME: readonly string[] = [];

/** Where commands run that a policy wants outside every sandbox: never chosen for another reason. */
export const UNCONFINED: Backend = {
  holds: { network: { none: false, door: false }, view: { 'in-place': false, 'copy-on-write': false } },
  whyNot: whyNotUnconfined,
  open: ({ environment }) => new Unconfined(environment),
};
