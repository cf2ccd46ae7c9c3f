export { fromBase64Url, toBase64Url } from './base64url.js';
export type { Bytes } from './bytes.js';
export { AccountId, ContainerId, ItemId, PairingId, SessionId, SlotId } from './ids.js';
export { Rejected, type RejectionReason } from './rejected.js';

export { type Address, hashAddress, normaliseAddress } from './credentials/address.js';
export {
  type PasswordParameters,
  type PinnedParameters,
  checkParameters,
  creationParameters,
  slotSaltLength,
} from './credentials/argon2-parameters.js';
export type { Argon2Parameters } from './credentials/argon2id.js';
export { BackupCode } from './credentials/backup-code.js';
export { PairingCode } from './credentials/pairing-code.js';
export { ResetCode } from './credentials/reset-code.js';
export { AccessKey } from './keys/access-key.js';
export type { Credential } from './keys/credential.js';
export { type GrantedState, PairingKey } from './keys/pairing-grant.js';
export {
  type PairingExchange,
  type PairingShare,
  PairingTranscript,
  pairingCommitment,
} from './keys/pairing-transcript.js';
export { Password } from './keys/password.js';
export { derivePasskeyCredential, passkeyPrfInput } from './keys/passkey.js';
export { RecoveryKey } from './keys/recovery-key.js';
export {
  type CreatedPasskey,
  type PasskeyAssertion,
  type PasskeyRegistration,
  type ProvenPasskey,
  UnsuitablePasskey,
  createPasskey,
  provePasskey,
} from './credentials/passkey-ceremonies.js';

// Keys are types here: they come from a credential or from the key above them, never from a constructor.
export type { ContainerDomain, Domain } from './sealing/associated-data.js';
export type { ChatKey, CollectionKey, ContainerKey, EmbedKey, MailboxKey } from './keys/container-key.js';
export type { AppsKey, ChatsKey, DomainKey, EmailsKey, EmbedsKey } from './keys/domain-key.js';
export type { AccountKeyPair } from './keys/account-key-pair.js';
export type { MasterKey } from './keys/master-key.js';
export type { ProfileKey } from './keys/profile-key.js';
export type { ScopedKeys } from './keys/scoped-keys.js';
export { type Sealed, type WrappedKey, asSealed, asWrappedKey, envelopeHash } from './sealing/sealed.js';
export type { WrappingKey } from './keys/wrapping-key.js';

export type { Device, DeviceList, LogHead } from './account/device-list.js';
export { type LogEntry, logEntryHash } from './account/log-entry.js';
export type { FromServer } from './account/origin-note.js';
export { type Profile, checkProfile } from './account/profile.js';
export { type Right, type Scope, parseScope } from './account/scope.js';
export {
  type AccessSlot,
  type DirectoryEntry,
  type ListedSlot,
  type NamedAccessSlot,
  type NamedPasskeySlot,
  type PasskeySlot,
  type PasswordSlot,
  type RecoverySlot,
  type Slot,
  type SlotDirectory,
  type SlotParameters,
  checkSlots,
  directoryOf,
} from './account/slot-directory.js';

export {
  type ChatMessage,
  type ChatMetadata,
  decodeChatMessage,
  decodeChatMetadata,
  encodeChatMessage,
  encodeChatMetadata,
} from './containers/chat-content.js';
export { type ContainerList, checkContainers, containerListOf } from './containers/container-list.js';
export {
  HighWaterMarks,
  type LastEntry,
  type Mark,
  type Sighting,
  type Subject,
  sightingOf,
} from './containers/high-water-marks.js';
export {
  type Manifest,
  type SealedItem,
  type SealedMetadata,
  checkContainer,
  manifestOf,
} from './containers/manifest.js';

export { type Surroundings, usualSurroundings } from './network/api.js';
export { Refused, Unreachable, isRefused } from './network/errors.js';
export { type DeviceMemory, Nescio } from './sign-in/nescio.js';
export type { DeviceListState, ThisDevice } from './devices/own-device.js';
export type { LogState } from './log/account-log.js';
export type { Account } from './sign-in/account.js';
export { type Proof, SignInNeeded } from './sign-in/proof.js';
export type { Chat, ChatEntry } from './chats/chat.js';
export type { Chats, ListedChat } from './chats/chats.js';
export type { PasskeyEntry, Passkeys } from './passkeys/passkeys.js';
export type { HandoverOutcome, PairingApproval, PairingHandover } from './pairing/pairing-approval.js';
export type { PairingOffer } from './pairing/pairing-offer.js';
export type { PairingRequest } from './pairing/pairing-request.js';
