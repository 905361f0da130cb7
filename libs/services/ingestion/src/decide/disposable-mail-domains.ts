const list = `
  0-mail.com 10minutemail.com 10minutemail.net 1secmail.com 1secmail.net 1secmail.org 20minutemail.com 33mail.com
  anonbox.net burnermail.io byom.de chacuo.net cool.fr.nf courriel.fr.nf crazymailing.com discard.email
  discardmail.com dispostable.com dropmail.me einrot.com emailfake.com emailondeck.com emltmp.com fakeinbox.com
  fakemail.net filzmail.com fleckens.hu generator.email getairmail.com getnada.com grr.la guerrillamail.biz
  guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net guerrillamail.org harakirimail.com
  inboxkitten.com incognitomail.org jetable.fr.nf jetable.org mail-temp.com mailcatch.com maildrop.cc mailexpire.com
  mailinator.com mailinator.net mailinator2.com mailnesia.com mailnull.com mailpoof.com mailsac.com mailtemp.net
  mega.zik.dj minuteinbox.com mintemail.com moakt.com mohmal.com moncourrier.fr.nf monemail.fr.nf monmail.fr.nf
  mt2015.com mytemp.email mytrashmail.com nada.email nomail.xl.cx nospam.ze.tc nowmymail.com one-time.email
  onetimemail.org owlymail.com pokemail.net sharklasers.com smailpro.com sogetthis.com spam4.me spambog.com
  spambox.us spamdecoy.net spamex.com spamgourmet.com spamherelots.com spamspot.com speed.1s.fr superrito.com
  suremail.info temp-mail.io temp-mail.org tempail.com tempemail.net tempinbox.com tempmail.com tempmail.dev
  tempmail.email tempmail.plus tempmailo.com tempr.email throwawaymail.com tmail.ws tmailor.com tmpmail.net
  tmpmail.org trash-mail.com trashmail.com trashmail.de trashmail.net trashmail.ws trbvm.com wegwerfmail.de
  wegwerfmail.net wegwerfmail.org yopmail.com yopmail.fr yopmail.net zetmail.com`;

/** Providers of addresses that are thrown away after minutes. */
export const disposableMailDomains: ReadonlySet<string> = new Set(list.split(/\s+/).filter(Boolean));
