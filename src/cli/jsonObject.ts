import { jsonLine } from '../terminal/jsonLine.ts';

/**
 * What a command writes for programs, each with the version of its form. Keys may be added; where one goes or changes its
 * meaning, the number goes up.
 */
const FORMS = {
  error: 1,
  run: 1,
  'model-source': 1,
  running: 1,
  stopped: 1,
  'past-run': 1,
  event: 1,
  report: 1,
  exposure: 1,
  'workspace-exposure': 1,
  receipt: 1,
  week: 1,
  verdict: 1,
  key: 1,
  erased: 1,
  undo: 1,
  review: 1,
  check: 1,
  'check-item': 1,
  decision: 1,
  difference: 1,
  expected: 1,
  replay: 1,
  replayed: 1,
  sandbox: 1,
  finding: 1,
  'policy-check': 1,
  'policy-value': 1,
  acceptance: 1,
  plugin: 1,
  more: 1,
} as const;
export type Form = keyof typeof FORMS;

/** An object on one line, which says what it is: `"format":"oversign.FORM/VERSION"`. */
export function jsonObject(form: Form, value: object): string {
  return jsonLine({ format: `oversign.${form}/${FORMS[form]}`, ...value });
}

/** The same, with the end of the line, to standard output. */
export function writeObject(form: Form, value: object): void {
  process.stdout.write(`${jsonObject(form, value)}\n`);
}
