import { NightglassError } from '../../domain/errors.ts';
import type { ModelEntry, Precision } from '../manifest-schema.ts';
import type { ProviderName } from '../protocol.ts';

export interface VariantQuestion {
  readonly entry: Pick<ModelEntry, 'name' | 'task' | 'variants'>;
  readonly provider: ProviderName;
  readonly asked: Precision | 'auto';
  /** See `hasInt8DotProducts`. */
  readonly int8DotProducts: boolean;
}

/**
 * Index of the variant that suits the provider. `auto` is FP16 on a GPU and FP32 on the CPU,
 * there INT8 for a detector that has it where the processor is made for it: a detector's result
 * is checked by all that follows, while a template is compared with templates of other machines.
 * INT8 when asked for is INT8 where the model has it, else FP32: small and delicate networks
 * come without. The placement says what runs.
 * @throws NightglassError `MODEL_FILE_MISSING` when the model has none in the precision asked for
 */
export function chooseVariant(question: VariantQuestion): number {
  const { name, variants } = question.entry;
  for (const precision of order(question)) {
    const at = variants.findIndex((variant) => variant.precision === precision);
    if (at >= 0) return at;
  }
  // Another one in silence would give results that nobody asked for.
  const there = variants.map(({ precision }) => precision).join(', ');
  throw new NightglassError(
    'MODEL_FILE_MISSING',
    `Cannot run ${name} in ${question.asked}: the manifest has it in ${there}`,
    { hint: 'Use precision: auto, or models that have this precision.' },
  );
}

function order({ entry, provider, asked, int8DotProducts }: VariantQuestion): readonly Precision[] {
  if (asked === 'int8') return ['int8', 'fp32'];
  if (asked !== 'auto') return [asked];
  if (provider !== 'cpu') return ['fp16', 'fp32', 'int8'];
  return entry.task === 'detect' && int8DotProducts
    ? ['int8', 'fp32', 'fp16']
    : ['fp32', 'int8', 'fp16'];
}
