import { isJsonObject, type Json } from '../../shared/json.ts';
import { rangeMeant } from './meantRange.ts';

/** As much of a JSON Schema as the arguments of tools are described with. */
export interface ShapeOf {
  type?: string;
  properties?: Record<string, ShapeOf>;
  required?: string[];
  items?: ShapeOf;
  enum?: Json[];
  minimum?: number;
  maximum?: number;
}

/** What models add to say why they call, or as other tools want it of them: it changes nothing of the call. */
const COMMENTS = new Set(
  'activeform n linenumbers comment comments description explanation explain intent justification note purpose rationale reason reasoning thinking thought thoughts'.split(
    ' ',
  ),
);

/** Names by which models that learned other tools call these arguments. They mean nothing else where a tool has them. */
const OTHER_NAMES: Readonly<Record<string, string>> = otherNames({
  path: 'filepath filename file targetfile directory dir dirpath folderpath absolutepath',
  old_text: 'oldstring oldstr oldtext',
  new_text: 'newstring newstr newtext',
  content: 'contents filetext filecontent',
  from: 'source src oldpath sourcepath',
  to: 'destination dest newpath destinationpath',
  files: 'paths filepaths',
  edits: 'changes replacements',
  command: 'cmd',
  folder: 'cwd workdir workingdirectory',
  background: 'runinbackground isbackground',
  timeout: 'timeoutseconds timeoutsec',
  pattern: 'query searchpattern globpattern',
  glob: 'include includepattern fileglob filepattern',
  regex: 'regexp isregex isregexp useregex',
  ignore_case: 'i caseinsensitive',
  context: 'c contextlines',
  output: 'outputmode outputid outputnumber bashid shellid taskid',
  plan: 'todos todolist todo steps items',
  step: 'content title task text',
  choices: 'options',
});

function otherNames(names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([own, others]) => others.split(' ').map((one) => [one, own])),
  );
}
/** Values by which other tools call the same. */
const OTHER_VALUES: Readonly<Record<string, string>> = {
  content: 'lines',
  fileswithmatches: 'files',
  done: 'completed',
  notstarted: 'pending',
};

/** Words that hold the arguments, where a call has nothing else in it. */
const WRAPPERS = ['arguments', 'parameters', 'args', 'input'];

/**
 * The arguments that a model means: null and an empty text for what is not set, numbers and switches as text, names in
 * another spelling, words about the call. Only what can mean one thing is taken; everything else stays as it came, for
 * the schema to refuse. `problem`: what could mean two things.
 */
export function meantArguments(given: Json, shape: ShapeOf): { value: Json; problem?: string } {
  const problems: string[] = [];
  const value = meant(unwrapped(given, shape), shape, problems);
  const [problem] = problems;
  return { value, ...(problem !== undefined && { problem }) };
}

function unwrapped(given: Json, shape: ShapeOf): Json {
  if (given === null) return {};
  if (!isJsonObject(given)) return given;
  const [only, ...others] = Object.keys(given);
  if (only === undefined || others.length > 0 || !WRAPPERS.includes(only)) return given;
  const inner = opened(given[only] ?? null);
  return Object.hasOwn(shape.properties ?? {}, only) || !isJsonObject(inner) ? given : inner;
}

function meant(value: Json, shape: ShapeOf, problems: string[]): Json {
  if (shape.enum) return oneOf(value, shape.enum);
  switch (shape.type) {
    case 'object':
      return isJsonObject(opened(value)) ? objectMeant(opened(value), shape, problems) : value;
    case 'array':
      return listMeant(value, shape, problems);
    case 'integer':
    case 'number':
      return typeof value === 'string' && /^\s*-?\d{1,15}(?:\.0+)?\s*$/.test(value) ? Number(value) : value;
    case 'boolean':
      return typeof value === 'string' && /^\s*(?:true|false)\s*$/i.test(value)
        ? value.trim().toLowerCase() === 'true'
        : value;
    default:
      return value;
  }
}

function objectMeant(given: Json, { properties = {}, required = [] }: ShapeOf, problems: string[]): Json {
  const found = new Map<string, Json>();
  const names = new Map(Object.keys(properties).map((name) => [folded(name), name]));
  for (const [key, value] of Object.entries(rangeMeant(given as Record<string, Json>, properties))) {
    const isOwn = Object.hasOwn(properties, key);
    const other = isOwn ? key : (names.get(folded(key)) ?? otherName(folded(key), properties));
    if (other === undefined) {
      if (!isComment(folded(key), properties) && !isUnset(value)) found.set(key, value); // for the schema to name
      continue;
    }
    const shape = properties[other] ?? {};
    if (!required.includes(other) && (value === null || value === '')) continue;
    const own = meant(value, shape, problems);
    const before = found.get(other);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(own))
      problems.push(`${key} and ${other} are the same argument with two values`);
    found.set(other, own);
  }
  return Object.fromEntries(found);
}

/** Steps of a plan have numbers elsewhere. */
function isComment(key: string, properties: Record<string, ShapeOf>): boolean {
  return COMMENTS.has(key) || (key === 'id' && Object.hasOwn(properties, 'step'));
}

function listMeant(value: Json, { items = {} }: ShapeOf, problems: string[]): Json {
  const list = opened(value);
  if (Array.isArray(list)) return list.map((one) => meant(fullOf(one, items), items, problems));
  const only = meant(fullOf(list, items), items, problems);
  // One where there may be several.
  return items.type !== undefined && typeOf(only) === items.type ? [only] : value;
}

/** A text where an object is wanted of which one thing alone must be said. */
function fullOf(value: Json, { type, required = [] }: ShapeOf): Json {
  const [only, ...others] = required;
  const isText = typeof value === 'string' && value !== '' && !isJsonObject(opened(value));
  return type === 'object' && isText && only !== undefined && others.length === 0 ? { [only]: value } : value;
}

function oneOf(value: Json, allowed: readonly Json[]): Json {
  if (typeof value !== 'string' || allowed.includes(value)) return value;
  const other = Object.hasOwn(OTHER_VALUES, folded(value)) ? OTHER_VALUES[folded(value)] : undefined;
  if (other !== undefined && allowed.includes(other)) return other;
  const fitting = allowed.filter((one) => typeof one === 'string' && folded(one) === folded(value));
  return fitting.length === 1 ? (fitting[0] ?? value) : value;
}

/** A list or an object that came as its text. */
function opened(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function otherName(key: string, properties: Record<string, ShapeOf>): string | undefined {
  const name = Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key] : undefined;
  return name !== undefined && Object.hasOwn(properties, name) ? name : undefined;
}

function isUnset(value: Json): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function typeOf(value: Json): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The same for `startLine`, `start-line` and `Start_Line`. */
export function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** "read_file takes path, start_line (optional, a whole number from 1)": what may be given. */
export function takesWords(tool: string, shape: ShapeOf): string {
  const { properties = {}, required = [] } = shape;
  const words = Object.entries(properties).map(([name, one]) => {
    const what = [required.includes(name) ? '' : 'optional', typeWords(one)].filter((part) => part !== '');
    return what.length === 0 ? name : `${name} (${what.join(', ')})`;
  });
  return words.length === 0 ? `${tool} takes no arguments` : `${tool} takes ${words.join(', ')}`;
}

function typeWords(shape: ShapeOf): string {
  if (shape.enum) return shape.enum.map(String).join(' | ');
  switch (shape.type) {
    case 'integer':
      return `a whole number${rangeWords(shape)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return shape.items?.type === 'object'
        ? `a list of {${Object.keys(shape.items.properties ?? {}).join(', ')}}`
        : 'a list';
    default:
      return '';
  }
}

function rangeWords({ minimum, maximum }: ShapeOf): string {
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : ` from ${minimum}${most}`;
}
