#include "evidence/encoding.h"

#include <gtest/gtest.h>
#include <iconv.h>

#include <string>

namespace deadlight::evidence {
namespace {

/// What a console with that code page writes.
std::string encoded(const char* page, std::string text) {
  iconv_t converter = iconv_open(page, "UTF-8");
  EXPECT_NE(converter, reinterpret_cast<iconv_t>(-1)) << page;
  std::string out(4 * text.size() + 16, '\0');
  char* from = text.data();
  char* to = out.data();
  std::size_t left = text.size();
  std::size_t room = out.size();
  EXPECT_EQ(iconv(converter, &from, &left, &to, &room), 0U) << page << ": " << text;
  iconv_close(converter);
  out.resize(out.size() - room);
  return out;
}

struct PageCase {
  const char* page;
  const char* encoding;
  const char* text;
};

const PageCase kPages[] = {
    {"CP437", "code page 850", "Gerätedienst für Öfen"},  // these letters are the same in both
    {"CP850", "code page 850", "Aktive Verbindungen\n  TCP  0.0.0.0:135  0.0.0.0:0  ABHÖREN\n"},
    {"CP932", "code page 932",
     "これは何ですか？\nTCP,表示.exe,3596,LISTENING,0.0.0.0:52571,0.0.0.0:0"},
    {"CP1252", "code page 1252", "TCP 0.0.0.0:135 ABHÖREN\nÜbertragung für Geräte"},
    {"CP850", "code page 850", "Conexões ativas\n  Proto  Endereço local  Endereço externo"},
    {"CP1252", "code page 1252", "Conexões ativas\n  Proto  Endereço local  Endereço externo"},
    {"CP850", "code page 850", "Connexions actives\n  Proto  Adresse distante  État\n"},
    {"CP852", "code page 852", "Aktywne połączenia\n Protokół Adres lokalny\n NASŁUCHIWANIE"},
    {"CP1250", "code page 1250", "Aktywne połączenia\n Protokół Adres lokalny\n NASŁUCHIWANIE"},
    {"CP852", "code page 852", "Aktivní připojení\n Místní adresa  Cizí adresa\n NASLOUCHÁNÍ"},
    {"CP866", "code page 866", "Активные подключения\n  Имя    Локальный адрес  Состояние"},
    {"CP1251", "code page 1251", "Активные подключения\n  Имя    Локальный адрес  Состояние"},
    {"CP936", "code page 936", "活动连接\n  协议  本地地址          外部地址        状态"},
    {"CP932", "code page 932", "アクティブな接続\n プロトコル ローカル アドレス 外部アドレス 状態"},
    {"CP949", "code page 949", "활성 연결\n  프로토콜  로컬 주소  외부 주소  상태"},
    {"BIG5", "code page 950", "使用中連線\n  協定   本機位址  外部位址  狀態"},
};

TEST(Encoding, CodePagesAreToldByTheirLetters) {
  for (const PageCase& row : kPages) {
    const Decoded decoded = decode(encoded(row.page, row.text));
    EXPECT_EQ(decoded.text, row.text) << row.page;
    EXPECT_EQ(decoded.encoding, row.encoding) << row.text;
    EXPECT_TRUE(decoded.guessed);
  }
}

TEST(Encoding, Utf8WithAFewBrokenBytesStaysUtf8) {
  const Decoded decoded = decode("ABHÖREN für \xFF Geräte");
  EXPECT_EQ(decoded.encoding, "UTF-8");
  EXPECT_FALSE(decoded.guessed);
  EXPECT_EQ(decoded.text, "ABHÖREN für \uFFFD Geräte");
}

TEST(Encoding, Utf16IsReadWithAndWithoutAMark) {
  for (const char* page : {"UTF-16LE", "UTF-16BE"}) {
    const std::string bytes = encoded(page, "TCP  0.0.0.0:135  ABHÖREN\n");
    EXPECT_EQ(decode(bytes).text, "TCP  0.0.0.0:135  ABHÖREN\n") << page;
    const std::string russian =
        encoded(page, "  Имя    Локальный адрес\r\n  TCP    0.0.0.0:135\r\n");
    EXPECT_EQ(decode(russian).text, "  Имя    Локальный адрес\r\n  TCP    0.0.0.0:135\r\n") << page;
    const std::string marked = encoded(page, "\uFEFFTCP  0.0.0.0:135\n");
    EXPECT_EQ(decode(marked).text, "TCP  0.0.0.0:135\n") << page;
  }
}

TEST(Encoding, ZeroBytesAndLettersAreNoPlainAscii) {
  std::string text(1000, 'a');
  EXPECT_TRUE(is_plain_ascii(text));
  for (const std::size_t place : {0U, 300U, 511U, 512U, 999U}) {
    std::string zero = text;
    zero[place] = '\0';
    EXPECT_FALSE(is_plain_ascii(zero)) << place;
    std::string letter = text;
    letter[place] = '\xE4';
    EXPECT_FALSE(is_plain_ascii(letter)) << place;
  }
}

}  // namespace
}  // namespace deadlight::evidence
