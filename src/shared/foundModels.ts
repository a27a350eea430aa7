import type { ProviderName } from './providers.ts';

export interface FoundModel {
  /** By this it is chosen. */
  name: string;
  /** For people, beside the name: how large it is, where it runs. */
  about: string;
  /** The service that it runs at, where its server only passes prompts on. */
  runsAt?: string;
  /** Why it cannot be chosen: a sentence of the policy's. */
  refused?: string;
}

/** A place that has models, or the reason why it is not known which. */
export interface FoundSource {
  provider: ProviderName;
  label: string;
  /** Empty for models of the editor. */
  address: string;
  /** Where prompts and tool results would go, as a sentence. */
  destination: string;
  models: FoundModel[];
  problem?: string;
  /**
   * What a problem is: the key is missing or wrong; nobody answers there, or no model's server; the policy lets nobody ask
   * there; something else.
   */
  trouble?: 'key' | 'unreachable' | 'policy' | 'other';
}
