/** What people and settings know of a provider, without its model. */
export interface ProviderFacts {
  /** In lists. */
  label: string;
  /** What choosing it means, in the settings. */
  about: string;
  /** Where prompts and tool results go, beside the label. */
  sends: string;
  /** The server that it asks, by a model's name; null: none, and where the editor brings no models, nothing is sent. */
  server: ProviderServer | null;
  /** Whether its models are the editor's: only there it can be chosen. */
  isOfEditor?: true;
}

export interface ProviderServer {
  /** Its address where no other one is set. */
  usual: string;
  /** Whether that is this machine. */
  isLocal: boolean;
  /** The variable in which the command line finds its key; null: it takes none. */
  keyVariable: string | null;
}
