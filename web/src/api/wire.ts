import type { z } from 'zod';
import type { alertRecord, shownAlert } from '../../../src/gateway/schemas/alert.ts';
import type { healthSchema } from '../../../src/gateway/schemas/answers.ts';
import type {
  cameraDetailSchema,
  cameraSchema,
  cameraStatusSchema,
} from '../../../src/gateway/schemas/camera.ts';
import type { detectionData } from '../../../src/gateway/schemas/observation.ts';
import type { sessionSchema } from '../../../src/gateway/schemas/session.ts';
import type { watchlistSchema } from '../../../src/gateway/schemas/watchlist.ts';

/** What the gateway sends, by its own schemas; types alone, no code of it reaches the page. */
export type Alert = z.infer<typeof shownAlert>;
export type AlertRecord = z.infer<typeof alertRecord>;
export type Camera = z.infer<typeof cameraSchema>;
export type CameraDetail = z.infer<typeof cameraDetailSchema>;
export type CameraStatus = z.infer<typeof cameraStatusSchema>;
export type Detection = z.infer<typeof detectionData>;
export type Face = Detection['faces'][number];
export type Health = z.infer<typeof healthSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type Role = Session['role'];
export type ReviewAction = 'acknowledge' | 'confirm' | 'dismiss' | 'escalate';
export type EvidenceKind = 'frame' | 'face' | 'enhanced' | 'enrolled' | Alert['best'][number];
export type Watchlist = z.infer<typeof watchlistSchema>;
