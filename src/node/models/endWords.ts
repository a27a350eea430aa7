import type { SaidEnd } from '../../core/models/port.ts';

/** What servers say of a reply's end: OpenAI's and Anthropic's words, and those that others pass on. */
const ENDS: Readonly<Record<string, Exclude<SaidEnd['why'], 'unknown'>>> = {
  stop: 'finished',
  eos: 'finished',
  eos_token: 'finished',
  end_turn: 'finished',
  stop_sequence: 'finished',
  tool_calls: 'calls',
  tool_use: 'calls',
  function_call: 'calls',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  content_filter: 'filtered',
  safety: 'filtered',
  refusal: 'refused',
};

/** Why a reply ended, from a provider's own word for it. */
export function endBy(word: string): SaidEnd {
  const known = word.toLowerCase();
  const why = Object.hasOwn(ENDS, known) ? ENDS[known] : undefined;
  return why ? { why } : { why: 'unknown', said: word };
}
