import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { CameraNames } from './camera-names.tsx';

/** What of a list is reviewed, as it stands now or as it was in force. */
export type ReviewedField = Watchlist['changes'][number]['field'];
type Grounds = Pick<NonNullable<Watchlist['review']['before']>, ReviewedField>;

const names = {
  purpose: 'watchlists.purpose',
  legalBasis: 'watchlists.legalBasis',
  authorisation: 'watchlists.authorisation',
  cameras: 'watchlists.cameras',
  uses: 'watchlists.uses',
  fpir: 'watchlists.falseAlarms',
  fixedThreshold: 'watchlists.fixedThreshold',
  expiresAt: 'watchlists.expiresAt',
  retentionDays: 'watchlists.retention',
  twoPersonReview: 'watchlists.reviewers',
  sites: 'watchlists.sites',
} as const satisfies Record<ReviewedField, string>;

/** The field as the page of a list calls it. */
export function fieldName(field: ReviewedField): string {
  return t(names[field]);
}

/** The field's value in words. */
export function fieldText(field: ReviewedField, of: Grounds): preact.ComponentChildren {
  switch (field) {
    case 'cameras':
      return <CameraNames cameras={of.cameras} />;
    case 'uses':
      return of.uses.map((use) => t(`watchlists.use_${use as 'live' | 'footage'}`)).join('; ');
    case 'fpir':
      return t('watchlists.oneInSearches', { count: Math.round(1 / of.fpir) });
    case 'fixedThreshold':
      return of.fixedThreshold === null ? '–' : String(of.fixedThreshold);
    case 'expiresAt':
      return of.expiresAt === null ? t('watchlists.expiryNever') : formatDateTime(of.expiresAt);
    case 'retentionDays':
      return t('watchlists.days', { count: of.retentionDays });
    case 'twoPersonReview':
      return t(of.twoPersonReview ? 'watchlists.twoReviewers' : 'watchlists.oneReviewer');
    case 'sites':
      return of.sites?.length ? of.sites.join(', ') : '–';
    default:
      return of[field];
  }
}
