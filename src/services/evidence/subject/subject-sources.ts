import type { Alert, EvidenceKind } from '../../../domain/alert.ts';
import type { AlertFilter } from '../../../domain/alert-filter.ts';
import type { AlertPage, AlertRecord } from '../../../domain/alert-record.ts';
import type { Actor } from '../../../domain/audit-entry.ts';
import type { ImageCodec } from '../../../domain/frame/image-codec.ts';
import type { StaffNaming, SubjectLaw, Withholding } from '../../../domain/subject-access.ts';
import type { AcceptanceTable } from '../../../store/acceptance-table.ts';
import type { FootageJobTable } from '../../../store/footage-job-table.ts';
import type { FootageSightingTable } from '../../../store/footage-sighting-table.ts';
import type { SiteAlertTable } from '../../../store/site-alert-table.ts';
import type { SubjectTable } from '../../../store/subject-table.ts';
import type { ClipStore } from '../../alerts/clip-store.ts';
import type { DeployedReceiver, StatedDeployment } from '../../reports/deployment-record.ts';
import type { WatchlistStore } from '../../watchlists/watchlist-store.ts';
import type { FaceBlur } from '../blur/face-blur.ts';
import type { CaseWatch } from '../case-progress.ts';
import type { ExportPlace } from '../export-room.ts';
import type { SealOptions } from '../seal-case.ts';
import type { SubjectDocument } from './subject-document.ts';

/** What whoever answers for a deployment said about it, and who outside is sent alerts. */
export interface SubjectDeployment {
  readonly stated: StatedDeployment;
  readonly receivers: readonly DeployedReceiver[];
  readonly auditKeptDays: number;
}

/** Where what is kept of somebody is. */
export interface SubjectSources extends CaseWatch, SealOptions {
  readonly alerts: {
    find(id: string): AlertRecord<Alert> | undefined;
    evidence(id: string, kind: EvidenceKind): Uint8Array | null;
    pageInSteps(filter: AlertFilter): Generator<void, AlertPage<Alert>>;
  };
  readonly clips: Pick<ClipStore, 'open' | 'faces'>;
  readonly watchlists: Pick<
    WatchlistStore,
    'find' | 'findPerson' | 'list' | 'peoplePage' | 'templates' | 'templateImage'
  > & { readonly lookAlikes: Pick<WatchlistStore['lookAlikes'], 'factsOf'> };
  readonly kept: Pick<
    SubjectTable,
    'deliveriesOf' | 'footageOf' | 'foundAt' | 'retentionDays' | 'trialsOf'
  >;
  /** What sites told this centre of. */
  readonly sites: Pick<SiteAlertTable, 'find' | 'ofPerson'>;
  /** Who takes part in acceptance tests. */
  readonly volunteers: Pick<AcceptanceTable, 'ofPerson'>;
  readonly footage: {
    readonly jobs: Pick<FootageJobTable, 'find'>;
    readonly found: Pick<FootageSightingTable, 'find' | 'picture'>;
  };
  readonly codec: ImageCodec;
  /** Hides faces of others: there is no export without. */
  readonly blur: FaceBlur;
  /** What the case takes up beside others. */
  readonly place: Pick<ExportPlace, 'hold'>;
  readonly fontFolder: string;
  /** Null where nobody stated anything. */
  readonly deployment: SubjectDeployment | null;
  /** Names of all who work with the program: they are replaced in what people wrote. */
  readonly staff: () => readonly string[];
}

/** What is asked for. */
export interface SubjectRequest {
  /** Enrolments of the one person who asks; none of somebody who is not enrolled. */
  readonly people: readonly string[];
  /** Alerts and sightings of which whoever exports says that they show the person. */
  readonly confirmed: readonly string[];
  readonly reason: string;
  readonly by: Actor;
  /** What whoever asks may see: all of it, or nothing leaves. */
  readonly may: {
    alert(alert: Alert): boolean;
    /** Sightings of a search of recorded footage on these lists. */
    search(watchlistIds: readonly string[]): boolean;
    /** Alerts of a site on this list. */
    site(site: string, watchlistId: string): boolean;
  };
  readonly law: SubjectLaw;
  readonly withClips: boolean;
  /** The numbers of templates, or that there are some and their hash. */
  readonly templates: 'numbers' | 'hash';
  readonly staff: StaffNaming;
  readonly withhold: readonly Withholding[];
  /** Where the part before ended; undefined for the first. */
  readonly after?: string | undefined;
  /** The part's number, from 1: it is written on it. */
  readonly part: number;
  /** A search by a picture of who asks. */
  readonly search?: NonNullable<SubjectDocument['search']> | undefined;
}
