const list = `
  aim.com aliceadsl.fr alice.it aol.com aol.de aol.fr arcor.de att.net bbox.fr bellsouth.net bigpond.com bluewin.ch
  bol.com.br bt.com btinternet.com centrum.cz charter.net club-internet.fr comcast.net cox.net daum.net duck.com
  earthlink.net email.com email.it fastmail.com fastmail.fm free.fr freenet.de frontier.com gmail.com gmx.at gmx.ch
  gmx.com gmx.de gmx.fr gmx.net googlemail.com hanmail.net hey.com home.nl hotmail.be hotmail.ca hotmail.co.uk
  hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hushmail.com icloud.com ig.com.br iinet.net.au
  inbox.com inbox.lv inbox.ru inwind.it juno.com kpnmail.nl laposte.net libero.it list.ru live.be live.ca live.co.uk
  live.com live.de live.fr live.it live.nl mac.com mail.com mail.de mail.ru mailbox.org me.com msn.com nate.com
  naver.com neuf.fr ntlworld.com numericable.fr o2.pl office.com onet.pl optonline.net optusnet.com.au orange.fr
  outlook.be outlook.com outlook.de outlook.es outlook.fr outlook.it pm.me posteo.de proton.me protonmail.ch
  protonmail.com proximus.be qq.com rambler.ru rediffmail.com rocketmail.com rogers.com sapo.pt sbcglobal.net
  scarlet.be seznam.cz sfr.fr shaw.ca sina.com sky.com skynet.be sympatico.ca t-online.de talktalk.net telefonica.net
  telenet.be tele2.nl terra.com.br terra.es tin.it tiscali.it tuta.io tutanota.com uol.com.br verizon.net virgilio.it
  virgin.net virginmedia.com voila.fr wanadoo.fr web.de wp.pl xs4all.nl ya.ru yahoo.ca yahoo.co.in yahoo.co.jp
  yahoo.co.uk yahoo.com yahoo.com.au yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.in yahoo.it yandex.com yandex.ru
  yeah.net ymail.com zoho.com ziggo.nl 126.com 163.com 139.com foxmail.com`;

/** Providers that give an address to anybody: it says nothing about a company. */
export const freeMailDomains: ReadonlySet<string> = new Set(list.split(/\s+/).filter(Boolean));
