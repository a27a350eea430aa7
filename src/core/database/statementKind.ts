/** The words with which a statement that only reads begins. */
const READING = new Set(['select', 'with', 'values', 'table', 'show', 'explain']);
/** Those of one that changes rows, or what a database is made of. */
const CHANGING = new Set(['insert', 'update', 'delete', 'merge', 'with', 'truncate', 'comment']);
const MAKING = new Set(['create', 'alter', 'drop']);
/** What may be made, changed and dropped; no roles, functions, servers, extensions: they reach beyond the data. */
const MADE = new Set(['table', 'index', 'view', 'materialized', 'sequence', 'type', 'schema', 'unique']);
/** Functions that end others' sessions, wait, or reach files, in a text: a hint alone, for the role is what holds. */
const REACHING =
  /\b(?:pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_rotate_logfile|pg_switch_wal|pg_create_restore_point|pg_promote|pg_logical_emit_message|pg_notify|lo_\w+|pg_read_file|pg_read_binary_file|pg_ls_dir|dblink\w*|set_config|pg_(?:try_)?advisory_\w+)\b|u&"/i;

/**
 * Why a statement is none that may be sent as reading, or as changing; undefined where it may. What a statement does is
 * held by the server (a read-only transaction, the role): this keeps away what is plainly something else.
 */
export function misfit(text: string, mode: 'read' | 'write'): string | undefined {
  const [first = '', second = ''] = firstWords(text);
  if (REACHING.test(text)) return 'it names a function that reaches beyond the data of this session';
  if (mode === 'read')
    return READING.has(first)
      ? undefined
      : `${first === '' ? 'it' : `"${first.slice(0, 30)}"`} is no question that only reads`;
  if (CHANGING.has(first) || (MAKING.has(first) && MADE.has(second))) return undefined;
  return `"${`${first} ${second}`.trim().slice(0, 40)}" is none of the changes that may be made`;
}

/** The first two words, without comments (which nest in PostgreSQL) and opening brackets. */
function firstWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length && words.length < 2) {
    if (text.startsWith('--', at)) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end + 1;
    } else if (text.startsWith('/*', at)) at = afterComment(text, at);
    else if (/[\s(]/.test(text[at] ?? '')) at += 1;
    else {
      const [word = text[at] ?? ''] = /^\w+/.exec(text.slice(at, at + 100)) ?? [];
      words.push(word.toLowerCase());
      at += Math.max(1, word.length);
    }
  }
  return words;
}

function afterComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('/*', at)) {
      depth += 1;
      at += 1;
    } else if (text.startsWith('*/', at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
