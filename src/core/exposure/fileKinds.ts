import type { FileStanding } from '../../shared/reach.ts';
import type { Scope } from '../scope/scope.ts';

/** Endings by what people take such files for; what is in none of the lists may be anything. */
const ENDINGS: Record<'source' | 'document' | 'data' | 'media', string> = {
  source:
    'ts tsx js jsx mjs cjs mts cts py pyi rb rs go java kt kts scala c h cc cpp cxx hpp hh cs fs vb swift m mm php pl pm lua r jl sh bash zsh fish ps1 bat cmd html htm css scss sass less vue svelte astro json jsonc json5 yaml yml toml ini cfg conf xml gradle cmake mk make dockerfile tf hcl proto graphql gql sol zig nim ex exs erl hs ml mli clj cljs dart lock ipynb',
  document: 'md mdx markdown rst adoc txt text pdf doc docx odt rtf tex epub ppt pptx odp pages key log',
  data: 'csv tsv jsonl ndjson parquet avro orc feather arrow sqlite sqlite3 db mdb sql dump bak xls xlsx ods npy npz h5 hdf5 mat pkl pickle rds dta sav',
  media:
    'png jpg jpeg gif webp svg ico bmp tif tiff avif heic mp3 wav flac ogg m4a mp4 mov avi mkv webm ttf otf woff woff2',
};
const KIND_OF: ReadonlyMap<string, FileStanding> = new Map(
  (Object.keys(ENDINGS) as (keyof typeof ENDINGS)[]).flatMap((kind) =>
    ENDINGS[kind].split(' ').map((ending) => [ending, kind] as const),
  ),
);
const NAMES: ReadonlySet<string> = new Set(['makefile', 'dockerfile', 'rakefile', 'gemfile', 'jenkinsfile']);

/** What a file is to the agent: what the rules say of reading it, and else what its name says. */
export function standingOf(path: string, scope: Scope): FileStanding {
  const { kind } = scope.standing(path, 'read');
  if (kind === 'denied' || kind === 'outside' || kind === 'secret' || kind === 'kept') return kind;
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (NAMES.has(name)) return 'source';
  const dot = name.lastIndexOf('.');
  return (dot > 0 ? KIND_OF.get(name.slice(dot + 1)) : undefined) ?? 'other';
}
