import type { EnrolWarning } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

/** Why a person should look again at a picture that was taken. */
export function EnrolWarnings({ warnings }: { warnings: readonly EnrolWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul class="enrol-warnings">
      {warnings.map((warning) => (
        <li key={warning.kind}>{warningText(warning)}</li>
      ))}
    </ul>
  );
}

function warningText(warning: EnrolWarning): string {
  if (warning.kind === 'several-faces') {
    return t('watchlists.warningSeveralFaces', { faces: warning.faces });
  }
  if (warning.kind === 'outlier') {
    return t('watchlists.warningOutlier', { similarity: formatNumber(warning.similarity, 2) });
  }
  if (warning.kind === 'face-covered') {
    const what = warning.coverings.map((each) => t(`watchlists.covered_${each}`)).join(', ');
    return t('watchlists.warningCovered', { what });
  }
  const name = warning.personName;
  if (warning.similarity === null) return t('watchlists.warningSameFile', { name });
  const similarity = formatNumber(warning.similarity, 2);
  return t('watchlists.warningDuplicate', { name, similarity });
}

const flags = {
  outlier: 'watchlists.flagOutlier',
  'possible-duplicate': 'watchlists.flagDuplicate',
  'several-faces': 'watchlists.flagSeveralFaces',
  'face-covered': 'watchlists.flagCovered',
} as const;

/** A stored picture's flag in words; the flag itself where it is not known here. */
export function flagText(flag: string): string {
  return flag in flags ? t(flags[flag as keyof typeof flags]) : flag;
}
