import type { DecidedBy } from './decidedBy.ts';

interface Outcome {
  status: string;
  decidedBy?: DecidedBy | undefined;
  /** A person has changed what the agent had asked for. */
  edited?: true | undefined;
  /** What a person said with their answer. */
  said?: string | undefined;
  /** The exit code of a command. */
  exit?: number | undefined;
  durationMs?: number | undefined;
}

/** How it was decided, and how it ended: `approved by you · exit 1 · 0.4 s`, `denied by you: “Keep build/”`. */
export function outcomeWords(outcome: Outcome): string {
  const { exit, durationMs, said } = outcome;
  const by = byWords(outcome);
  return [
    ...(by === undefined ? [] : [said === undefined ? by : `${by}: “${said}”`]),
    ...(exit === undefined ? [] : [`exit ${exit}`]),
    ...(durationMs === undefined || durationMs < LONG_MS ? [] : [durationWords(durationMs)]),
  ].join(' · ');
}

/** What is quicker is over at once, for whoever looks. */
const LONG_MS = 100;

function byWords(outcome: Outcome): string | undefined {
  const by = deciderWords(outcome);
  if (outcome.edited !== true) return by;
  return by === 'approved by you'
    ? 'changed and approved by you'
    : ['changed by you', ...(by === undefined ? [] : [by])].join(', ');
}

function deciderWords({ status, decidedBy }: Outcome): string | undefined {
  const isDenied = status === 'denied';
  switch (decidedBy) {
    case 'you':
      return isDenied ? 'denied by you' : 'approved by you';
    case 'input':
      return isDenied ? 'denied beforehand' : 'approved beforehand';
    case 'nobody':
      return 'nobody was there to approve it';
    case 'remembered':
      return 'remembered';
    case 'rule':
      return isDenied ? 'denied by rule' : 'allowed by rule';
    case 'built-in':
      return isDenied ? 'denied by default' : 'allowed by default';
    case undefined:
      return undefined;
  }
}

/** `12 ms`, `0.4 s`, `12 s`, `3 min`, `3 min 5 s`, `2 h 10 min`: of units two at most. */
export function durationWords(ms: number): string {
  if (ms < LONG_MS) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return together(minutes, 'min', whole % 60, 's');
  return together(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function together(many: number, unit: string, few: number, smaller: string): string {
  return few === 0 ? `${many} ${unit}` : `${many} ${unit} ${few} ${smaller}`;
}
