import type { ModelStamp } from './alert.ts';
import { hasXmp, insertXmp, withoutXmp } from './image/jpeg-xmp.ts';

/**
 * The IPTC term for a picture in which a trained model has changed what a camera recorded
 * (NewsCodes, Digital Source Type).
 */
export const machineMadeSource =
  'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia';

/** Namespace of the properties that no standard has a place for: the models and their hashes. */
export const markNamespace = 'urn:nightglass:machine-made:1#';

/** Tasks whose models change pixels. */
const pictureTasks: ReadonlySet<string> = new Set(['denoise', 'superresolve']);

/** A name beyond it is cut: all must fit into one segment. */
const maxNameLength = 200;
const maxModels = 8;

/**
 * The JPEG, marked as made by a machine: an XMP packet with IPTC's `DigitalSourceType`, and name
 * and SHA-256 of each model that changed it. Nothing else changes; a marked picture stays as it is.
 * @param models those of the alert: what changes no pixel is left out
 * @throws RangeError where the bytes are no JPEG: such a picture must not leave unmarked
 */
export function markMachineMade(jpeg: Uint8Array, models: readonly ModelStamp[]): Uint8Array {
  return isMachineMade(jpeg) ? jpeg : insertXmp(jpeg, packetOf(models));
}

/** Whether the JPEG carries the mark. */
export function isMachineMade(jpeg: Uint8Array): boolean {
  return hasXmp(jpeg, isMark);
}

/** The JPEG as it was before it was marked. */
export function withoutMark(jpeg: Uint8Array): Uint8Array {
  return withoutXmp(jpeg, isMark);
}

const isMark = (packet: string): boolean => packet.includes(markNamespace);

function packetOf(models: readonly ModelStamp[]): string {
  const used = models.filter(({ task }) => pictureTasks.has(task)).slice(0, maxModels);
  const names = used.map(({ name }) => name.slice(0, maxNameLength));
  const items = used.map(
    ({ task, sha256 }, at) =>
      `<rdf:li rdf:parseType="Resource"><nightglass:Name>${escaped(names[at] ?? '')}</nightglass:Name>` +
      `<nightglass:Task>${escaped(task)}</nightglass:Task>` +
      `<nightglass:Sha256>${escaped(sha256)}</nightglass:Sha256></rdf:li>`,
  );
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:nightglass="${markNamespace}">
<xmp:CreatorTool>${escaped(['Nightglass', ...names].join(', '))}</xmp:CreatorTool>
<Iptc4xmpExt:DigitalSourceType>${machineMadeSource}</Iptc4xmpExt:DigitalSourceType>
<nightglass:Models><rdf:Seq>${items.join('')}</rdf:Seq></nightglass:Models>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`;
}

/** As text of XML 1.0, which has no place for control characters. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\P{C}\t]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
