import { imageTypeOf, MAX_IMAGE, type Image } from '../../models/images.ts';
import { ToolFailure } from '../../outcome.ts';
import { base64Of } from '../../text/base64.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';

/**
 * The image that a file holds, as its bytes say, whatever its name; undefined where it holds none.
 * @throws ToolFailure where it is one that cannot be shown to the model
 */
export async function readImage(
  path: string,
  size: number,
  { files, scope }: CallContext,
  { takesImages }: Pick<ToolPorts, 'takesImages'>,
): Promise<Image | undefined> {
  const mediaType = await typeOf(path, files);
  if (mediaType === undefined) return undefined;
  const words = `${scope.shown(path)} is an image (${mediaType}, ${size} bytes)`;
  if (!takesImages()) throw new ToolFailure(`${words}; this model is not known to take images`);
  if (size > MAX_IMAGE) throw new ToolFailure(`${words}; the most that is shown is ${MAX_IMAGE} bytes`);
  return { mediaType, base64: base64Of(await files.read(path, MAX_IMAGE)) };
}

async function typeOf(path: string, files: CallContext['files']): Promise<Image['mediaType'] | undefined> {
  for await (const chunk of files.chunks(path)) return imageTypeOf(chunk);
  return undefined;
}
