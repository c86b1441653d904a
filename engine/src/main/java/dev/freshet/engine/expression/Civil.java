package dev.freshet.engine.expression;

/**
 * The proleptic Gregorian calendar on {@code long} day numbers, day 0 being 1970-01-01. The
 * arithmetic counts years from March so that the leap day comes last (Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms").
 */
final class Civil {
  static final long MICROS_PER_SECOND = 1_000_000L;
  static final long MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
  static final long MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;
  static final long MICROS_PER_DAY = 24 * MICROS_PER_HOUR;

  /** The days of {@link java.time.LocalDate}, beyond which a DATE cannot be shown. */
  static final long MIN_DAY = -365_243_219_162L;

  static final long MAX_DAY = 365_241_780_471L;

  private static final long DAYS_PER_ERA = 146_097;
  private static final long DAYS_TO_1970 = 719_468;
  private static final int MONTH_BITS = 4;
  private static final int DAY_BITS = 5;

  private Civil() {}

  /**
   * The date of a day as one number; {@link #year}, {@link #month} and {@link #day} take it apart.
   */
  static long date(long epochDay) {
    long shifted = epochDay + DAYS_TO_1970;
    long era = Math.floorDiv(shifted, DAYS_PER_ERA);
    int dayOfEra = (int) (shifted - era * DAYS_PER_ERA);
    int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int monthFromMarch = (5 * dayOfYear + 2) / 153;
    int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    long year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
    return (year << (MONTH_BITS + DAY_BITS)) | ((long) month << DAY_BITS) | day;
  }

  static long year(long date) {
    return date >> (MONTH_BITS + DAY_BITS);
  }

  static int month(long date) {
    return (int) (date >> DAY_BITS) & 15;
  }

  static int day(long date) {
    return (int) date & 31;
  }

  static long epochDay(long year, int month, int day) {
    long marchYear = month <= 2 ? year - 1 : year;
    long era = Math.floorDiv(marchYear, 400L);
    int yearOfEra = (int) (marchYear - era * 400);
    int monthFromMarch = month > 2 ? month - 3 : month + 9;
    int dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
    int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970;
  }

  static boolean isLeap(long year) {
    return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  static int daysInMonth(long year, int month) {
    return switch (month) {
      case 2 -> isLeap(year) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Day of the year from 1. */
  static long dayOfYear(long epochDay) {
    return epochDay - epochDay(year(date(epochDay)), 1, 1) + 1;
  }

  /** 0 is Monday. */
  static long dayFromMonday(long epochDay) {
    return Math.floorMod(epochDay + 3, 7L);
  }

  /** The ISO 8601 week: the one that holds the week's Thursday counts for that day's year. */
  static long isoWeek(long epochDay) {
    long thursday = epochDay - dayFromMonday(epochDay) + 3;
    return (dayOfYear(thursday) - 1) / 7 + 1;
  }

  /** The day {@code months} later, cut to the last of its month. */
  static long plusMonths(long epochDay, long months) {
    long date = date(epochDay);
    long total = year(date) * 12 + (month(date) - 1) + months;
    long year = Math.floorDiv(total, 12L);
    int month = (int) Math.floorMod(total, 12L) + 1;
    return epochDay(year, month, Math.min(day(date), daysInMonth(year, month)));
  }
}
