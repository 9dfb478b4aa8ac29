import type { Command } from 'commander';
import type { EmbedOptions } from './embed-pictures.ts';

/** `nightglass embed IMAGE…` */
export function registerEmbed(program: Command): void {
  program
    .command('embed')
    .description('embeddings of the faces in pictures: raw, enhanced and fused')
    .argument('<images...>', 'JPEG, PNG, WebP or BMP files')
    .option('--json', 'a JSON object a face, with the embeddings')
    .option(
      '--landmarks <file>',
      'JSON {"<file name>": [x1,y1,…,x5,y5] or a list of them}: faces given instead of found',
    )
    .option('--manifest <file>', 'model manifest (default: the models that ship with Nightglass)')
    .action(async (images: string[], options: EmbedOptions) => {
      const { embedPictures } = await import('./embed-pictures.ts');
      await embedPictures(images, options);
    });
}
