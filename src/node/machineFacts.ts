import { readFileSync } from 'node:fs';
import { machine, release, type } from 'node:os';
import type { MachineFacts } from '../core/briefing/port.ts';

/** What this machine is, and which day it is here. */
export function machineFacts(): MachineFacts {
  return { system: `${systemName()}, ${machine()}`, today };
}

/** By os-release(5), where it says so. */
function systemName(): string {
  try {
    const [, name] = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
    if (name !== undefined && name !== '') return name.slice(0, 80);
  } catch {
    // not a system that has one
  }
  return `${type()} ${release()}`;
}

/** The calendar day, as year, month, day. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), pad(now.getMonth() + 1), pad(now.getDate())].join('-');
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
