import { ModelFailure } from '../../core/models/port.ts';
import type { OllamaFacts } from './ollamaFacts.ts';

/** Characters of a token, on the careful side: code and other languages than English have fewer. */
const CHARACTERS = 3;
/** A character is never more tokens than that, whatever a server counts: believed, one false count would end every run. */
const MOST_PER_CHARACTER = 3;
/** Tokens of a picture, on the careful side: how many they are is each model's affair, and not in its file's length. */
const PICTURE = 1000;
/** Tokens of the reply that are always made room for. */
const REPLY = 4096;
/** Less than this serves no agent. */
const LEAST = 16_384;
/** More is never asked for where the model does not say what it was made for. */
const MOST_UNKNOWN = 131_072;

/** What a request holds, as far as it tells how many tokens that are: characters without those of pictures. */
export interface Asked {
  characters: number;
  pictures: number;
}

/**
 * How many tokens a model is run with (`num_ctx`): by itself Ollama takes a few thousand, and leaves out the beginning of
 * what is longer, without a word. It only grows, by doubling, for with each change the model is loaded anew.
 */
export class OllamaRoom {
  readonly #facts: OllamaFacts;
  #tokens = LEAST;
  /** Tokens of a character, as the model's own counts show. */
  #perCharacter = 1 / CHARACTERS;
  #asked: Asked = { characters: 0, pictures: 0 };

  constructor(facts: OllamaFacts) {
    this.#facts = facts;
    this.#tokens = Math.max(LEAST, facts.ownContext ?? 0);
  }

  /** The room that a request of this length needs; a failure where the model has not got so much. */
  for(asked: Asked, model: string): number {
    this.#asked = asked;
    const tokens = Math.ceil(asked.characters * this.#perCharacter) + asked.pictures * PICTURE;
    const needed = tokens + REPLY;
    const most = this.#facts.contextTokens ?? MOST_UNKNOWN;
    // What is only estimated to be too long is sent: the server says so, if it is.
    while (this.#tokens < needed && this.#tokens < most) this.#tokens *= 2;
    if (tokens > most * 2)
      throw new ModelFailure(`The conversation is longer than ${model} takes (${most} tokens).`, {
        ...{ kind: 'overflow', isEstimate: true },
      });
    return Math.min(this.#tokens, most);
  }

  /** What the request really came to; where it filled the room, something of it was left out. */
  counted(tokens: number): void {
    const { characters, pictures } = this.#asked;
    const counted = (tokens - pictures * PICTURE) / characters;
    if (counted > this.#perCharacter && counted <= MOST_PER_CHARACTER) this.#perCharacter = counted;
  }
}
