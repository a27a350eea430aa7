import type { Backend } from './backend.ts';
import { HostSandbox } from './hostSandbox.ts';
import { whyNoBubblewrap } from './probe.ts';
import { SeatbeltSandbox } from './seatbelt/seatbeltSandbox.ts';
import { whyNotUnconfined, Unconfined } from './unconfined.ts';

/** Backends that confine, the first that fits is used. */
export const CONFINING = {
  bubblewrap: {
    holds: { network: { none: true }, view: { 'in-place': true } },
    whyNot: whyNoBubblewrap,
    open: ({ folders, environment, never }) => new HostSandbox(folders, environment, never),
  },
  seatbelt: {
    holds: { network: { none: true }, view: { 'in-place': true } },
    whyNot: (platform) =>
      platform === 'darwin'
        ? undefined
        : { works: false, cause: `Seatbelt is a part of macOS, and this is ${platform}.`, fix: 'Work on macOS.' },
    open: ({ folders, environment, never }) => new SeatbeltSandbox(folders, environment, never),
  },
} satisfies Record<string, Backend>;

/** Where commands run that a policy wants outside every sandbox: never chosen for another reason. */
export const UNCONFINED: Backend = {
  holds: { network: { none: false }, view: { 'in-place': false } },
  whyNot: whyNotUnconfined,
  open: ({ environment }) => new Unconfined(environment),
};

/** The one place where a backend is chosen. Where none fits it is the first, whose `status` says why it cannot be had. */
export function confiningBackend(platform: NodeJS.Platform = process.platform): Backend {
  const fits = Object.values(CONFINING).find((backend) => backend.whyNot(platform) === undefined);
  return fits ?? CONFINING.bubblewrap;
}
