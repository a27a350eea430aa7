import { ModelFailure, type ToolCall } from '../../core/models/port.ts';
import { KeptFields } from './keptFields.ts';
import { mixedUp } from './mixedUp.ts';
import { ObjectEnd } from './objectEnd.ts';

/** As of every provider (core/models/collect.ts). */
const MOST_CALLS = 256;
const MOST_CHARACTERS = 10_000_000;
/** Fields of a call that its provider wants back: Gemini's signatures of thoughts. */
const KEPT_FIELDS = ['extra_content'];

interface OpenCall {
  index: string | undefined;
  id: string;
  name: string;
  arguments: string;
  end: ObjectEnd;
  kept: KeptFields;
}

/** A piece of a call as a server sends it; `undefined` and empty texts alike mean that it says nothing of this. */
interface Piece {
  index: string | undefined;
  id: string;
  name: string;
  arguments: string;
  /** The piece as it came. */
  fields: Record<string, unknown>;
}

/**
 * The calls of one streamed reply, put together from their pieces (OpenAI's `delta.tool_calls`). Servers leave out the
 * index or give every call the same, repeat id and name or leave them empty. A piece goes to a call only where nothing
 * it says speaks against that: another id or another name is another call. What could belong to two calls, or to none,
 * makes the whole reply a failure: a call glued together from two is one that the model never made.
 */
export class StreamedCalls {
  readonly #calls: OpenCall[] = [];
  #characters = 0;

  /** Takes the next piece, as it came: nothing of its shape is taken for granted. */
  take(raw: unknown): void {
    const piece = pieceOf(raw);
    const call = this.#belongsTo(piece) ?? this.#begin(piece);
    if (call === undefined) return;
    if (call.id === '') call.id = piece.id;
    if (call.name === '') call.name = piece.name;
    call.arguments += piece.arguments;
    call.kept.take(piece.fields);
    call.end.push(piece.arguments);
    this.#characters += piece.arguments.length;
    if (this.#calls.length > MOST_CALLS || this.#characters > MOST_CHARACTERS)
      throw new ModelFailure('The model did not stop: its tool calls went over all measure.');
  }

  /**
   * The calls, in the order in which they began, each with an id of its own. `prefix` is for ids that are missing or
   * came twice; with a number behind it, it must be new in the conversation. `from`: whose calls they are.
   */
  whole(prefix: string, from = ''): ToolCall[] {
    const taken = new Set<string>();
    return this.#calls.map(({ id, name, arguments: text, kept: fields }, number) => {
      if (name === '') throw mixedUp('a call without a name');
      const own = id === '' || taken.has(id) ? `${prefix}_${number}` : id;
      taken.add(own);
      const kept = fields.kept(from);
      return { id: own, name, arguments: text, ...(kept && { kept }) };
    });
  }

  #begin(piece: Piece): OpenCall | undefined {
    if (piece.id === '' && piece.name === '') {
      if (piece.arguments.trim() === '') return undefined;
      throw mixedUp('arguments that belong to no call');
    }
    const isCut = this.#openAt(piece.index).some(
      ({ id, arguments: text }) => text !== '' && (id === '' || piece.id === ''),
    );
    // What follows could be the rest of the one before.
    if (isCut) throw mixedUp('a call that began in the middle of another');
    const call: OpenCall = {
      index: piece.index,
      id: '',
      name: '',
      arguments: '',
      end: new ObjectEnd(),
      kept: new KeptFields(KEPT_FIELDS),
    };
    this.#calls.push(call);
    return call;
  }

  /** The call that a piece goes on with; undefined where it begins one. */
  #belongsTo(piece: Piece): OpenCall | undefined {
    const sameId = piece.id === '' ? undefined : this.#calls.findLast(({ id }) => id === piece.id);
    const sameIndex =
      piece.index === undefined ? undefined : this.#calls.findLast(({ index }) => index === piece.index);
    if (piece.index === undefined) return sameId ? goesOn(sameId, piece) : this.#withoutIndexAndId(piece);
    if (sameId && sameId.index === piece.index) return goesOn(sameId, piece);
    if (sameId && !isNewWhole(sameId, piece)) throw mixedUp('two calls with the same id');
    if (!sameIndex || (piece.id !== '' && sameIndex.id !== '' && piece.name !== '')) return undefined;
    if (piece.name === '' && piece.arguments !== '' && this.#openAt(piece.index).length > 1)
      throw mixedUp('arguments that could belong to several calls');
    // Some servers (vLLM up to 0.8, Poolside) make up an id for each piece: without a name it begins no call.
    return goesOn(sameIndex, sameIndex.id === '' ? piece : { ...piece, id: '' });
  }

  /** With neither index nor known id only a single call that is not at its end can be meant, or a new one. */
  #withoutIndexAndId(piece: Piece): OpenCall | undefined {
    if (piece.id !== '' || piece.name !== '') return undefined;
    if (piece.arguments === '') return undefined;
    const [open, ...more] = this.#openAt(undefined);
    if (!open && piece.arguments.trim() === '') return undefined;
    if (!open || more.length > 0) throw mixedUp('arguments that could belong to several calls');
    return open;
  }

  /** The calls that are not at their end: at one index, or all of them where none is given. */
  #openAt(index: string | undefined): OpenCall[] {
    return this.#calls.filter((call) => !call.end.isReached && (index === undefined || call.index === index));
  }
}

/** The call itself where the piece goes on with it; undefined where the piece begins another one. */
function goesOn(call: OpenCall, piece: Piece): OpenCall | undefined {
  const isSameId = piece.id !== '' && piece.id === call.id;
  if (piece.name !== '' && call.name !== '' && piece.name !== call.name) {
    if (isSameId) throw mixedUp('one call with two names');
    return undefined;
  }
  // The same name with no id to tell them apart: a server that says it each time, or another call of the same tool.
  const isDoubtful = piece.name !== '' && !isSameId && call.name !== '' && !call.end.isReached;
  if (isDoubtful) throw mixedUp('a tool named again in the middle of a call');
  // What comes late may belong to another call than the arguments that are there already.
  const isLate = (piece.id !== '' && call.id === '') || (piece.name !== '' && call.name === '');
  if (isLate && isNewWhole(call, piece)) return undefined;
  if (isLate && call.arguments !== '') throw mixedUp('a call whose id or name came after its arguments');
  if (!call.end.isReached || piece.arguments.trim() === '') return call;
  // Nothing can follow whole arguments: with a name it is the next call, of a server that gives each the same index.
  if (piece.name !== '' && !isSameId) return undefined;
  throw mixedUp('arguments behind whole ones');
}

/** Whether a piece that names a tool comes when the call before is at its end: then it is a call of its own. */
function isNewWhole(before: OpenCall, piece: Piece): boolean {
  return before.end.isReached && piece.name !== '';
}

function pieceOf(raw: unknown): Piece {
  const fields = Object(raw) as Record<string, unknown>;
  const { index, id, function: target } = fields;
  const { name, arguments: given } = Object(target) as Record<string, unknown>;
  const isObject = typeof given === 'object' && given !== null;
  return {
    index: typeof index === 'number' || (typeof index === 'string' && index !== '') ? String(index) : undefined,
    id: textOf(id, 'an id'),
    name: textOf(name, 'a name'),
    // Some servers send the arguments as they are, not as text.
    arguments: isObject ? JSON.stringify(given) : textOf(given, 'arguments'),
    fields,
  };
}

function textOf(value: unknown, what: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw mixedUp(`${what} that is no text`);
  return value;
}
