import { originText, type Origin } from '../../shared/decision.ts';
import { code } from './markdown.ts';

/** A place in a file, counted from 1. */
interface Place {
  file: string;
  line: number;
  column: number;
}

/**
 * Where a rule stands, as a link that opens it there: `user policy, policy.yaml:4:3`. That of a workspace is named with its
 * folder: each of several has one.
 */
export function originLink(origin: Origin): string {
  const { file, line = 1, column = 1, layer } = origin;
  if (file?.startsWith('/') !== true) return code(originText(origin));
  const whose = layer === 'workspace' ? ` of ${folderOf(file)}` : '';
  return linked(`${layer} policy${whose}, ${nameOf(file)}:${line}:${column}`, { file, line, column });
}

/** A place as a link: `policy.yaml:4:3`. */
export function placeLink(place: Place): string {
  const words = `${nameOf(place.file)}:${place.line}:${place.column}`;
  return place.file.startsWith('/') ? linked(words, place) : code(words);
}

function linked(words: string, { file, line, column }: Place): string {
  return `[${code(words)}](${fileAddress(file)}#L${line},${column})`;
}

/** The name of the folder that `.oversign/policy.yaml` stands in. */
function folderOf(file: string): string {
  return file.split('/').at(-3) ?? file;
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** The address of a file, with nothing in it that ends a link. */
function fileAddress(path: string): string {
  const part = (name: string): string =>
    encodeURIComponent(name.toWellFormed()).replace(/[!'()*~_]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `file://${path.split('/').map(part).join('/')}`;
}
