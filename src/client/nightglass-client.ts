// Over 300 lines: one method a route of the gateway, and nothing else.
import { EventWatch, type WatchOptions } from './event-watch.ts';
import { formOf, type Images } from './image-form.ts';
import { Requests, type RequestsOptions } from './requests.ts';
import type {
  AccountLink,
  AddedFactor,
  Alert,
  AlertQuery,
  AlertRecord,
  Arming,
  ArmingOrder,
  AuditExportQuery,
  AuditPage,
  AuditQuery,
  AuditVerdict,
  BulkReview,
  BulkReviewed,
  Calibration,
  CalibrationQuery,
  Camera,
  CameraAssessment,
  CameraChanges,
  CameraDetail,
  CameraDrift,
  CameraProfile,
  CameraProfiles,
  CameraSetup,
  CameraTest,
  CameraToTest,
  ChosenEvidence,
  ChosenSubject,
  ClipFaces,
  DeadLetter,
  Device,
  DeviceToDescribe,
  DriftQuery,
  DriftReferenceOrder,
  EnrolFromAlert,
  EnrolledSession,
  EnrolOutcome,
  EvidenceKind,
  ExportJob,
  Federation,
  FirstPasskeyConfirmation,
  FirstTotpConfirmation,
  FootageAction,
  FootageFolder,
  FootageJob,
  FootageJobDetail,
  FootagePictureKind,
  FootageSightings,
  FootageSightingsQuery,
  FoundDevice,
  HandOver,
  HandOverPage,
  Health,
  ImageGrade,
  ImportJob,
  ImportStarted,
  InvitedUser,
  Learning,
  LearningPeople,
  LearningPerson,
  ListConfirmation,
  LoggedOut,
  LookAlike,
  MadeToken,
  ModelShadow,
  NewCamera,
  NewFootageJob,
  NewOutcome,
  NewPerson,
  NewPushDevice,
  NewToken,
  NewUser,
  NewWatchlist,
  OpenLink,
  OpenSession,
  OwnAccount,
  OwnFactors,
  PasskeyAnswer,
  PasskeyConfirmation,
  PasskeyCreation,
  PasskeyRequest,
  Person,
  PersonChanges,
  ProfileOrder,
  Push,
  PushDevice,
  PushTest,
  Receiver,
  ReceiverTest,
  ReloadAnswer,
  Review,
  SearchedFace,
  SearchFields,
  SecondStep,
  SecondStepAnswer,
  Session,
  ShiftSummary,
  SiteAlert,
  SiteAlertPage,
  SiteAlertQuery,
  Statistics,
  StatisticsQuery,
  SubjectExport,
  SubjectPreview,
  SystemReport,
  Token,
  TotpConfirmation,
  TotpEnrolment,
  User,
  UserChanges,
  Watchlist,
  WatchlistChanges,
  WaysToSignIn,
} from './wire.ts';

// The entry point of the package export `nightglass/client`.
export { ApiError } from './api-error.ts';
export type { EventWatch, WatchOptions, WatchState } from './event-watch.ts';
export type { Images } from './image-form.ts';
export type * from './wire.ts';

export interface NightglassClientOptions extends RequestsOptions {
  /** Stands in for the built-in WebSocket. */
  readonly openSocket?: (url: string, protocols: string[]) => WebSocket;
  /** First and longest wait before a lost connection is tried again, milliseconds; default 500, 15000. */
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  /** Silence after which a watch asks whether the gateway is still there, milliseconds; default 25000. */
  readonly silenceMs?: number;
}

/**
 * Everything that the gateway offers, in Node (22 and later) and in browsers.
 * Methods are named after what they do, one a route of docs/api.md; each throws
 * an {@link ApiError} when the gateway refuses or cannot be reached.
 */
export class NightglassClient {
  readonly #http: Requests;
  readonly #options: NightglassClientOptions;

  /** @throws TypeError for an address that is none */
  constructor(options: NightglassClientOptions) {
    this.#options = options;
    this.#http = new Requests(options);
  }

  /** Watches live events and, after a break, what was missed. Close it when done. */
  watch(options: WatchOptions): EventWatch {
    const { firstWaitMs = 500, longestWaitMs = 15_000, silenceMs = 25_000 } = this.#options;
    return new EventWatch(options, {
      open: () => this.#openSocket('/ws'),
      newestAlert: async () => (await this.alerts({ limit: 1 })).alerts[0]?.id,
      firstWaitMs,
      longestWaitMs,
      silenceMs,
    });
  }

  /**
   * Live video of a camera, as a socket that this client's credentials open: MPEG-1 in an MPEG
   * transport stream as binary messages, a reason as JSON before the gateway closes it.
   */
  preview(cameraId: string): WebSocket {
    const socket = this.#openSocket(`/preview/${part(cameraId)}`);
    socket.binaryType = 'arraybuffer';
    return socket;
  }

  /**
   * Live video of a camera as it sends it, H.264 or H.265, for who can decode that: the form is
   * described in docs/api.md. Closed with 4406 where there is none; `preview` may be there.
   */
  codedVideo(cameraId: string): WebSocket {
    const socket = this.#openSocket(`/preview/${part(cameraId)}/coded`);
    socket.binaryType = 'arraybuffer';
    return socket;
  }

  #openSocket(path: string): WebSocket {
    const { token, address } = this.#http;
    const { openSocket = (url, protocols) => new WebSocket(url, protocols) } = this.#options;
    const credentials = token === undefined ? [] : [`nightglass.token.${token}`];
    const url = address.replace(/^http/, 'ws') + path;
    return openSocket(url, ['nightglass.v1', ...credentials]);
  }

  /** Who asks. In a page with a session cookie, changes carry the session's CSRF token from then on. */
  session = async () => this.#opened(await this.#http.get<Session>('/api/session'));
  /** In a page: exchanges a token for a session cookie that no script can read. */
  login = async (token: string) =>
    this.#opened(await this.#http.send<Session>('POST', '/api/login', { token }));
  /**
   * In a page: exchanges the name and the password of an account for a session cookie.
   * @returns with `ticket` where a second factor is asked for: {@link secondStep}; where one must be
   * added first (`enrol`): {@link beginFirstAuthenticator}
   */
  loginByPassword = async (name: string, password: string): Promise<Session | SecondStep> => {
    const asked = { name, password };
    const answer = await this.#http.send<Session | SecondStep>(
      'POST',
      '/api/login/password',
      asked,
    );
    return 'ticket' in answer ? answer : this.#opened(answer);
  };
  /** Goes on with a sign-in: shows its second factor. */
  secondStep = async (answer: SecondStepAnswer) =>
    this.#opened(await this.#http.send<Session>('POST', '/api/login/second', answer));
  /** What the browser shows a passkey for as the second factor of a sign-in: {@link secondStep}. */
  askSecondPasskey = (ticket: string) =>
    this.#http.send<PasskeyRequest>('POST', '/api/login/second/passkey', { ticket });
  /** What the browser shows a passkey for that is enough by itself. */
  askPasskey = () => this.#http.send<PasskeyRequest>('POST', '/api/login/passkey');
  /** In a page: exchanges it for a session cookie. */
  loginByPasskey = async (passkey: PasskeyAnswer) =>
    this.#opened(await this.#http.send<Session>('POST', '/api/login/passkey/confirm', { passkey }));
  /** Begins to add the passkey that an account must have before it signs in. */
  beginFirstPasskey = (ticket: string) =>
    this.#http.send<PasskeyCreation>('POST', '/api/login/enrol/passkey', { ticket });
  /** Adds it, and signs in. */
  confirmFirstPasskey = async (confirmation: FirstPasskeyConfirmation) => {
    const path = '/api/login/enrol/passkey/confirm';
    const enrolled = await this.#http.send<EnrolledSession>('POST', path, confirmation);
    this.#opened(enrolled.session);
    return enrolled;
  };
  /** Begins to add the authenticator app that an account must have before it signs in. */
  beginFirstAuthenticator = (ticket: string) =>
    this.#http.send<TotpEnrolment>('POST', '/api/login/enrol', { ticket });
  /** Adds it, and signs in. */
  confirmFirstAuthenticator = async (confirmation: FirstTotpConfirmation) => {
    const path = '/api/login/enrol/confirm';
    const enrolled = await this.#http.send<EnrolledSession>('POST', path, confirmation);
    this.#opened(enrolled.session);
    return enrolled;
  };
  /** How people sign in beside a token. */
  waysToSignIn = () => this.#http.get<WaysToSignIn>('/api/login');
  /**
   * Ends the session of the cookie. What is still asked is given up: its answer would be a refusal.
   * @returns with `goOn` where a browser logs out at the identity provider, too
   */
  logout = async () => {
    this.#http.giveUp();
    const ended = await this.#http.send<LoggedOut | undefined>('POST', '/api/logout');
    this.#http.csrf = undefined;
    return ended;
  };

  #opened(session: Session): Session {
    this.#http.csrf = session.csrf;
    return session;
  }

  /** Health, also when it is bad: the gateway then answers 503 with the same JSON. */
  health = () => this.#http.get<Health>('/healthz', {}, { answers: [503] });
  system = () => this.#http.get<SystemReport>('/api/system');
  /** Markdown. */
  modelCard = (name: string) => this.#http.text(`/api/models/${part(name)}/card`);
  /** What another version of the models would have done beside the one in use; null where none ran. */
  modelShadow = async () =>
    (await this.#http.get<{ shadow: ModelShadow | null }>('/api/models/shadow')).shadow;
  statistics = (query: StatisticsQuery = {}) =>
    this.#http.get<Statistics>('/api/statistics', query);

  cameras = async () => (await this.#http.get<{ cameras: Camera[] }>('/api/cameras')).cameras;
  camera = (id: string) => this.#http.get<CameraDetail>(`/api/cameras/${part(id)}`);
  /** Scores of people who are not enrolled, and the thresholds that follow from them. */
  calibration = (cameraId: string, query: CalibrationQuery = {}) =>
    this.#http.get<Calibration>(`/api/cameras/${part(cameraId)}/calibration`, query);
  /** Counts a camera's strangers from nothing; what was counted of it is deleted. */
  startCalibration = (cameraId: string) => this.#switchCalibration(cameraId, true);
  /** Counts no further; what was counted stays. */
  stopCalibration = (cameraId: string) => this.#switchCalibration(cameraId, false);
  #switchCalibration = (cameraId: string, counting: boolean) =>
    this.#http.send<undefined>('POST', `/api/cameras/${part(cameraId)}/calibration`, { counting });
  /** Whether a camera's pictures are good enough for faces, by what was gathered so far. */
  assessment = (cameraId: string) =>
    this.#http.get<CameraAssessment>(`/api/cameras/${part(cameraId)}/assessment`);
  /** Gathers from nothing for a time, 60 minutes unless said; what was gathered before is deleted. */
  startAssessment = (cameraId: string, minutes?: number) =>
    this.#switchAssessment(cameraId, { running: true, minutes });
  /** Ends it early; what was gathered stays. */
  stopAssessment = (cameraId: string) => this.#switchAssessment(cameraId, { running: false });
  #switchAssessment = (cameraId: string, body: object) =>
    this.#http.send<undefined>('POST', `/api/cameras/${part(cameraId)}/assessment`, body);
  /** The last profiles of a camera's noise, and how far a measurement is. */
  profiles = (cameraId: string) =>
    this.#http.get<CameraProfiles>(`/api/cameras/${part(cameraId)}/profile`);
  /** One of them, by when it was measured. */
  profile = (cameraId: string, at: number) =>
    this.#http.get<CameraProfile>(`/api/cameras/${part(cameraId)}/profile/${at}`);
  /** The fixed pattern of one, a JPEG. */
  profilePattern = (cameraId: string, at: number) =>
    this.#http.blob(`/api/cameras/${part(cameraId)}/profile/${at}/pattern`);
  /** Measures a camera, live for 30 seconds unless said; one is measured at a time. */
  startProfile = (cameraId: string, order: ProfileOrder = {}) =>
    this.#switchProfile(cameraId, { running: true, ...order });
  /** Ends the measurement without a profile. */
  stopProfile = (cameraId: string) => this.#switchProfile(cameraId, { running: false });
  #switchProfile = (cameraId: string, body: object) =>
    this.#http.send<undefined>('POST', `/api/cameras/${part(cameraId)}/profile`, body);
  /** What a camera's pictures were like over weeks, and what changed since when. */
  drift = (cameraId: string, query: DriftQuery = {}) =>
    this.#http.get<CameraDrift>(`/api/cameras/${part(cameraId)}/drift`, query);
  /** What changed is known: the camera is compared from a day on alone, today unless said. */
  setDriftReference = (cameraId: string, order: DriftReferenceOrder = {}) =>
    this.#http.send<undefined>('POST', `/api/cameras/${part(cameraId)}/drift/reference`, order);
  /** @param force also where the file names no camera any more, and all of them would stop */
  reloadCameras = ({ force = false }: { readonly force?: boolean } = {}) =>
    this.#http.send<ReloadAnswer>('POST', `/api/cameras/reload${force ? '?force=true' : ''}`);

  /** Which cameras and watchlists are armed. */
  arming = async () => (await this.#http.get<{ arming: Arming[] }>('/api/arming')).arming;
  /** Arms or disarms a camera or a watchlist. */
  arm = (kind: Arming['kind'], id: string, order: ArmingOrder) =>
    this.#http.send<Arming>('POST', `/api/arming/${kind}/${part(id)}`, order);
  /** Ends an order: the schedule decides, and without one it is armed. */
  endArmingOrder = (kind: Arming['kind'], id: string) =>
    this.#http.send<Arming>('DELETE', `/api/arming/${kind}/${part(id)}`);

  /** Settings of all cameras, of the file and added ones, without credentials. */
  cameraSetups = async () =>
    (await this.#http.get<{ cameras: CameraSetup[] }>('/api/camera-setups')).cameras;
  addCamera = (camera: NewCamera) => this.#http.send<CameraSetup>('POST', '/api/cameras', camera);
  changeCamera = (id: string, changes: CameraChanges) =>
    this.#http.send<CameraSetup>('PATCH', `/api/cameras/${part(id)}`, changes);
  /** Stops an added camera until it is resumed. */
  pauseCamera = (id: string) =>
    this.#http.send<CameraSetup>('POST', `/api/cameras/${part(id)}/pause`);
  resumeCamera = (id: string) =>
    this.#http.send<CameraSetup>('POST', `/api/cameras/${part(id)}/resume`);
  /** Removes an added camera with its login. */
  removeCamera = (id: string) => this.#http.send<undefined>('DELETE', `/api/cameras/${part(id)}`);
  /** Opens a camera once more as it is set up, for a picture; takes up to half a minute. */
  testCamera = (id: string) =>
    this.#http.send<CameraTest>('POST', `/api/cameras/${part(id)}/test`, undefined, 2);
  /** The same with settings that are not stored. */
  testSettings = (camera: CameraToTest) =>
    this.#http.send<CameraTest>('POST', '/api/camera-tests', camera, 2);

  /** Looks for ONVIF cameras on the networks of the server. */
  discoverDevices = async () =>
    (await this.#http.send<{ devices: FoundDevice[] }>('POST', '/api/onvif/discover', undefined, 2))
      .devices;
  /** Asks an ONVIF camera for its profiles and the addresses of their streams. */
  describeDevice = (device: DeviceToDescribe) =>
    this.#http.send<Device>('POST', '/api/onvif/describe', device, 2);

  /** Confirms the clock after a jump. */
  confirmClock = () => this.#http.send<{ confirmedAt: number }>('POST', '/api/system/clock');

  /** A page; pass `next` as `before` of the following one. */
  alerts = (query: AlertQuery = {}) =>
    this.#http.get<{ alerts: Alert[]; next: string | null; total: number }>('/api/alerts', query);
  alert = (id: string) => this.#http.get<AlertRecord>(`/api/alerts/${part(id)}`);
  /** JPEG; `enhanced` is AI-made and no evidence on its own; `sighting-1-face` of a sighting. */
  evidence = (id: string, kind: EvidenceKind) =>
    this.#http.blob(`/api/alerts/${part(id)}/evidence/${kind}`);
  /** MP4, as the camera coded it; `appearance` 0 is the alert's own, else the sighting's number. */
  clip = (id: string, appearance = 0) =>
    this.#http.blob(`/api/alerts/${part(id)}/clips/${appearance}`);
  /** What was seen in a clip, and when its pictures are shown. */
  clipFaces = (id: string, appearance = 0) =>
    this.#http.get<ClipFaces>(`/api/alerts/${part(id)}/clips/${appearance}/faces`);
  /**
   * Alerts (by their ids), sightings in recorded footage, or both as one signed case, a zip archive;
   * recorded with the reason. Faces of others are blurred; admins may have them `shown`.
   */
  exportEvidence = (
    chosen: readonly string[] | ChosenEvidence,
    reason: string,
    clips = false,
    faces: 'blurred' | 'shown' = 'blurred',
  ) =>
    this.#http.makeFile('/api/evidence/export', 'case.zip', {
      ...chosenEvidence(chosen),
      ...{ reason, clips, faces },
    });
  /** Begins the same as an export that can be watched; one that nobody watches is given up. */
  startExport = (
    chosen: readonly string[] | ChosenEvidence,
    reason: string,
    clips = false,
    faces: 'blurred' | 'shown' = 'blurred',
  ) =>
    this.#http.send<ExportJob>('POST', '/api/evidence/jobs', {
      ...chosenEvidence(chosen),
      ...{ reason, clips, faces },
    });
  /** What an export of all that is kept of one person would hold. */
  previewSubject = (chosen: ChosenSubject) =>
    this.#http.send<SubjectPreview>('POST', '/api/subject/preview', chosen);
  /** Begins a part of it, as an export that can be watched. */
  startSubject = (order: SubjectExport) =>
    this.#http.send<ExportJob>('POST', '/api/subject/jobs', order);
  /** How many faces may be taken for training. @throws ApiError `LEARNING_OFF` */
  learning = () => this.#http.get<Learning>('/api/learning');
  /** Whose they are, by id, and who is excluded. */
  learningPeople = (page: { readonly after?: string; readonly limit?: number } = {}) =>
    this.#http.get<LearningPeople>('/api/learning/people', page);
  learningPerson = (id: string) =>
    this.#http.get<LearningPerson>(`/api/learning/people/${part(id)}`);
  /** No face of this person is taken from now on. */
  excludeFromLearning = (id: string) =>
    this.#http.send<void>('POST', `/api/learning/people/${part(id)}/exclude`);
  /** Faces of this person are taken again. */
  includeInLearning = (id: string) =>
    this.#http.send<void>('POST', `/api/learning/people/${part(id)}/include`);
  /** Begins an export of these faces, as one that can be watched; needs the scope `learning:export`. */
  startLearningExport = (reason: string) =>
    this.#http.send<ExportJob>('POST', '/api/learning/jobs', { reason });
  /** How far an export is. */
  exportJob = (id: string) => this.#http.get<ExportJob>(`/api/evidence/jobs/${part(id)}`);
  /** The case of an export that is ready, once. @throws ApiError; the reason of `signal` once that is aborted */
  exportedCase = (id: string, { signal }: { readonly signal?: AbortSignal } = {}) =>
    this.#http.file(`/api/evidence/jobs/${part(id)}/file`, 'case.zip', {}, signal);
  /** Gives an export up. */
  cancelExport = (id: string) => this.#http.send<void>('DELETE', `/api/evidence/jobs/${part(id)}`);
  /** The public key that cases are signed with, PEM. */
  evidenceKey = () => this.#http.text('/.well-known/nightglass-evidence-key');
  review = (id: string, review: Review) =>
    this.#http.send<AlertRecord>('POST', `/api/alerts/${part(id)}/review`, review);
  /** The same step on several alerts; each is taken or refused on its own. */
  reviewAll = (review: BulkReview) =>
    this.#http.send<BulkReviewed>('POST', '/api/alerts/review', review);
  /** Lifts the mark of a face that keeps its place: it alerts again like any other. */
  liftStill = (id: string) =>
    this.#http.send<AlertRecord>('DELETE', `/api/alerts/${part(id)}/still`);
  /** Says what came of a confirmed alert. */
  recordOutcome = (id: string, outcome: NewOutcome) =>
    this.#http.send<AlertRecord>('POST', `/api/alerts/${part(id)}/outcomes`, outcome);
  /** Writes a note on an alert. */
  addNote = (id: string, text: string) =>
    this.#http.send<AlertRecord>('POST', `/api/alerts/${part(id)}/notes`, { text });
  /** The centre of this site, or the sites of this centre. */
  federation = () => this.#http.get<Federation>('/api/federation');
  /** Alerts of sites of this centre, the latest capture first. */
  siteAlerts = (query: SiteAlertQuery = {}) =>
    this.#http.get<SiteAlertPage>('/api/sites/alerts', query);
  /** An alert of a site. */
  siteAlert = (site: string, id: string) =>
    this.#http.get<SiteAlert>(`/api/sites/${part(site)}/alerts/${part(id)}`);
  /** A picture of an alert of a site, JPEG. */
  sitePicture = (site: string, id: string, kind: SiteAlert['pictures'][number]) =>
    this.#http.blob(`/api/sites/${part(site)}/alerts/${part(id)}/evidence/${kind}`);
  /** Sends a watchlist to these sites, and to no others any more. */
  setListSites = (id: string, sites: readonly string[]) =>
    this.#http.send<{ readonly sites: readonly string[] }>(
      'POST',
      `/api/watchlists/${part(id)}/sites`,
      { sites },
    );
  /** What a shift hands on now. */
  shiftSummary = () => this.#http.get<ShiftSummary>('/api/hand-overs/summary');
  /** Hand-overs, newest first. */
  handOvers = (query: { readonly before?: number; readonly limit?: number } = {}) =>
    this.#http.get<HandOverPage>('/api/hand-overs', query);
  /** The shift that leaves signs. */
  handOver = (note = '') => this.#http.send<HandOver>('POST', '/api/hand-overs', { note });
  /** The shift that comes signs. */
  takeOver = (id: number) =>
    this.#http.send<HandOver>('POST', `/api/hand-overs/${part(String(id))}/take`);
  /** Not this person: the face of a dismissed alert alerts on them no more at its score. */
  addLookAlike = (alertId: string) =>
    this.#http.send<LookAlike>('POST', `/api/alerts/${part(alertId)}/look-alike`);
  /** A face like it alerts again like any other. */
  removeLookAlike = (personId: string, id: string) =>
    this.#http.send<undefined>('DELETE', `/api/people/${part(personId)}/look-alikes/${part(id)}`);

  watchlists = async () =>
    (await this.#http.get<{ watchlists: Watchlist[] }>('/api/watchlists')).watchlists;
  watchlist = (id: string) => this.#http.get<Watchlist>(`/api/watchlists/${part(id)}`);
  createWatchlist = (list: NewWatchlist) =>
    this.#http.send<Watchlist>('POST', '/api/watchlists', list);
  changeWatchlist = (id: string, changes: WatchlistChanges) =>
    this.#http.send<Watchlist>('PATCH', `/api/watchlists/${part(id)}`, changes);
  /** Removes the list with its people. */
  putWatchlistInForce = (id: string, confirmation: ListConfirmation) =>
    this.#http.send<Watchlist>('POST', `/api/watchlists/${part(id)}/review`, confirmation);
  removeWatchlist = (id: string) =>
    this.#http.send<undefined>('DELETE', `/api/watchlists/${part(id)}`);
  /** Searches of recorded footage, the newest first, and the folders that may be searched. */
  footage = () => this.#http.get<{ roots: string[]; jobs: FootageJob[] }>('/api/footage');
  /** Folders and video files; by default the folders of the configuration. */
  footageFolder = (path?: string) =>
    this.#http.get<FootageFolder>('/api/footage/folder', path === undefined ? {} : { path });
  /** Asks for a search of recorded footage; recorded with the reason. */
  searchFootage = (job: NewFootageJob) =>
    this.#http.send<FootageJob>('POST', '/api/footage/jobs', job);
  footageJob = (id: string) => this.#http.get<FootageJobDetail>(`/api/footage/jobs/${part(id)}`);
  changeFootageJob = (id: string, action: FootageAction) =>
    this.#http.send<FootageJob>('POST', `/api/footage/jobs/${part(id)}/${action}`);
  /** Whom a search found, in the order of the files and their time. */
  footageSightings = (id: string, query: FootageSightingsQuery = {}) =>
    this.#http.get<FootageSightings>(`/api/footage/jobs/${part(id)}/sightings`, query);
  /** JPEG. */
  footagePicture = (sightingId: string, kind: FootagePictureKind) =>
    this.#http.blob(`/api/footage/sightings/${part(sightingId)}/pictures/${kind}`);
  /** The seconds around a sighting as they were recorded, MP4; they show everybody in view. */
  footageClip = (sightingId: string) =>
    this.#http.blob(`/api/footage/sightings/${part(sightingId)}/clip`);
  /** A zip archive. */
  exportWatchlist = (id: string) =>
    this.#http.file(`/api/watchlists/${part(id)}/export`, 'watchlist.zip');
  /** Begins an import of a zip archive; ask `importJob` how it goes. */
  importArchive = (watchlistId: string, archive: Blob) => {
    const form = new FormData();
    form.append('archive', archive, archive instanceof File ? archive.name : 'people.zip');
    const path = `/api/watchlists/${part(watchlistId)}/import`;
    return this.#http.send<ImportStarted>('POST', path, form);
  };
  importJob = (job: string) => this.#http.get<ImportJob>(`/api/imports/${part(job)}`);

  /** A page by id; pass `next` as `after` of the following one. */
  people = (query: { watchlist?: string; after?: string; limit?: number } = {}) =>
    this.#http.get<{ people: Person[]; next: string | null }>('/api/people', query);
  person = (id: string) => this.#http.get<Person>(`/api/people/${part(id)}`);
  createPerson = (person: NewPerson) => this.#http.send<Person>('POST', '/api/people', person);
  changePerson = (id: string, changes: PersonChanges) =>
    this.#http.send<Person>('PATCH', `/api/people/${part(id)}`, changes);
  removePerson = (id: string) => this.#http.send<undefined>('DELETE', `/api/people/${part(id)}`);

  /**
   * One outcome an image, in their order.
   * @param faces which face of each image is meant, by the number of `choices`
   */
  enrol = async (personId: string, images: Images, faces: readonly (number | undefined)[] = []) => {
    const path = `/api/people/${part(personId)}/images`;
    const fields = faces.some((face) => face !== undefined) ? { faces: faces.join(',') } : {};
    return (await this.#http.send<Outcomes>('POST', path, formOf(images, fields))).outcomes;
  };
  enrolFromAlert = async (personId: string, from: EnrolFromAlert) => {
    const path = `/api/people/${part(personId)}/images/from-alert`;
    return (await this.#http.send<Outcomes>('POST', path, from)).outcomes;
  };
  /** JPEG. */
  enrolledImage = (personId: string, templateId: string) =>
    this.#http.blob(`/api/people/${part(personId)}/images/${part(templateId)}`);
  removeEnrolledImage = (personId: string, templateId: string) =>
    this.#http.send<undefined>(
      'DELETE',
      `/api/people/${part(personId)}/images/${part(templateId)}`,
    );
  /** What enrolment would say of these images; nothing is kept. */
  grade = async (images: Images) =>
    (await this.#http.send<{ grades: ImageGrade[] }>('POST', '/api/quality', formOf(images)))
      .grades;

  /** Searches with a picture, or with one of an alert (`alertId`, `kind`); recorded with the reason. */
  search = async (fields: SearchFields, image?: Blob | File) => {
    const body = image === undefined ? fields : formOf([image], fields);
    return (await this.#http.send<{ faces: SearchedFace[] }>('POST', '/api/search', body)).faces;
  };

  /** Receivers outside, and how they fare. */
  receivers = async () =>
    (await this.#http.get<{ receivers: Receiver[] }>('/api/receivers')).receivers;
  /** Sends a test, and says whether it was taken. */
  testReceiver = (id: string) =>
    this.#http.send<ReceiverTest>('POST', `/api/receivers/${part(id)}/test`, undefined, 5);
  /** Deliveries that were given up, oldest first; pass `next` as `after` of the following page. */
  deadLetters = (id: string, query: { after?: number; limit?: number } = {}) =>
    this.#http.get<{ dead: DeadLetter[]; next: number | null }>(
      `/api/receivers/${part(id)}/dead`,
      query,
    );
  /** Sends dead letters again. @returns how many there were */
  resendDeadLetters = async (id: string, numbers: readonly number[] | 'all') => {
    const path = `/api/receivers/${part(id)}/resend`;
    return (await this.#http.send<{ resent: number }>('POST', path, { numbers })).resent;
  };

  /** One's own account; null for who asks with a token. */
  account = async () =>
    (await this.#http.get<{ account: OwnAccount | null }>('/api/account')).account;
  /** Changes one's password; all sessions of the account end, this one too. */
  changePassword = (current: string, next: string) =>
    this.#http.send<undefined>('POST', '/api/account/password', { current, next });
  /** Second factors of one's own account. */
  ownFactors = () => this.#http.get<OwnFactors>('/api/account/factors');
  /** Begins to add an authenticator app. */
  beginAuthenticator = (password: string) =>
    this.#http.send<TotpEnrolment>('POST', '/api/account/factors/totp', { password });
  /** Adds it, once a code of it is right. */
  confirmAuthenticator = (confirmation: TotpConfirmation) =>
    this.#http.send<AddedFactor>('POST', '/api/account/factors/totp/confirm', confirmation);
  /** Begins to add a passkey. */
  beginPasskey = (password: string) =>
    this.#http.send<PasskeyCreation>('POST', '/api/account/factors/passkey', { password });
  /** Adds what the browser made. */
  confirmPasskey = (confirmation: PasskeyConfirmation) =>
    this.#http.send<AddedFactor>('POST', '/api/account/factors/passkey/confirm', confirmation);
  removeFactor = (id: string, password: string) =>
    this.#http.send<undefined>('POST', `/api/account/factors/${part(id)}/remove`, { password });
  /** New recovery codes in the place of those before. */
  makeRecoveryCodes = async (password: string) => {
    const path = '/api/account/recovery-codes';
    return (await this.#http.send<{ recoveryCodes: string[] }>('POST', path, { password }))
      .recoveryCodes;
  };
  /** One's own open sessions, the last used first. */
  ownSessions = async () =>
    (await this.#http.get<{ sessions: OpenSession[] }>('/api/account/sessions')).sessions;
  endOwnSession = (id: string) =>
    this.#http.send<undefined>('DELETE', `/api/account/sessions/${part(id)}`);
  /** What a one-time link is for; its secret is never part of a URL. */
  openLink = (secret: string) =>
    this.#http.send<OpenLink>('POST', '/api/invitations/look', { secret });
  /** Uses a one-time link: its account has this password from now on. */
  acceptLink = (secret: string, password: string) =>
    this.#http.send<undefined>('POST', '/api/invitations/accept', { secret, password });

  users = async () => (await this.#http.get<{ users: User[] }>('/api/users')).users;
  /** The link's secret is shown here and never again. */
  inviteUser = (user: NewUser) => this.#http.send<InvitedUser>('POST', '/api/users', user);
  /** Holds from the next request on. */
  changeUser = (id: string, changes: UserChanges) =>
    this.#http.send<User>('PATCH', `/api/users/${part(id)}`, changes);
  removeUser = (id: string) => this.#http.send<undefined>('DELETE', `/api/users/${part(id)}`);
  /** Another link: invites again, or takes the password away for a new one. */
  makeUserLink = (id: string) =>
    this.#http.send<AccountLink>('POST', `/api/users/${part(id)}/link`);
  /** Takes all second factors of somebody away who has lost them. */
  resetFactors = (id: string) =>
    this.#http.send<undefined>('DELETE', `/api/users/${part(id)}/factors`);
  /** Open sessions of everybody, the last used first. */
  sessions = async () =>
    (await this.#http.get<{ sessions: OpenSession[] }>('/api/sessions')).sessions;
  endSession = (id: string) => this.#http.send<undefined>('DELETE', `/api/sessions/${part(id)}`);

  /** Tokens of programs, revoked ones too, without their secrets. */
  tokens = async () => (await this.#http.get<{ tokens: Token[] }>('/api/tokens')).tokens;
  /** The secret is shown here and never again. */
  makeToken = (token: NewToken) => this.#http.send<MadeToken>('POST', '/api/tokens', token);
  revokeToken = (id: string) => this.#http.send<undefined>('DELETE', `/api/tokens/${part(id)}`);

  /** Alerts on devices: whether they are set up, and the caller's own. */
  push = () => this.#http.get<Push>('/api/push');
  /** Sends alerts to a browser from now on, or changes what it is sent. */
  putPushDevice = (device: NewPushDevice) =>
    this.#http.send<PushDevice>('POST', '/api/push/devices', device);
  removePushDevice = (id: string) =>
    this.#http.send<undefined>('DELETE', `/api/push/devices/${part(id)}`);
  /** Sends a test, and says whether it was taken. */
  testPushDevice = (id: string) =>
    this.#http.send<PushTest>('POST', `/api/push/devices/${part(id)}/test`, undefined, 5);

  audit = (query: AuditQuery = {}) => this.#http.get<AuditPage>('/api/audit', query);
  /** Whether the chain of hashes holds; a long log takes its time. */
  verifyAudit = () => this.#http.get<AuditVerdict>('/api/audit/verify', {}, { patience: 10 });
  /** JSON Lines, of what the query lets through. */
  exportAudit = (query: AuditExportQuery = {}) =>
    this.#http.file('/api/audit/export', 'nightglass-audit.jsonl', query);
}

type Outcomes = Readonly<Record<'outcomes', EnrolOutcome[]>>;

const part = (text: string): string => encodeURIComponent(text);

function chosenEvidence(chosen: readonly string[] | ChosenEvidence): ChosenEvidence {
  const isIds = (given: typeof chosen): given is readonly string[] => Array.isArray(given);
  return isIds(chosen) ? { alerts: chosen } : chosen;
}
