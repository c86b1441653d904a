package dev.freshet.bench.tpch;

import java.util.List;

/**
 * A table of TPC-H (specification 3.0, clause 1.4), with the keys as primary keys.
 *
 * @param keyColumns how many columns at the front are the key
 */
record Table(String name, int keyColumns, List<String> columns) {
  static final Table REGION =
      new Table("region", 1, List.of("r_regionkey INTEGER", "r_name VARCHAR", "r_comment VARCHAR"));
  static final Table NATION =
      new Table(
          "nation",
          1,
          List.of(
              "n_nationkey INTEGER", "n_name VARCHAR", "n_regionkey INTEGER", "n_comment VARCHAR"));
  static final Table SUPPLIER =
      new Table(
          "supplier",
          1,
          List.of(
              "s_suppkey INTEGER",
              "s_name VARCHAR",
              "s_address VARCHAR",
              "s_nationkey INTEGER",
              "s_phone VARCHAR",
              "s_acctbal DECIMAL(15, 2)",
              "s_comment VARCHAR"));
  static final Table CUSTOMER =
      new Table(
          "customer",
          1,
          List.of(
              "c_custkey INTEGER",
              "c_name VARCHAR",
              "c_address VARCHAR",
              "c_nationkey INTEGER",
              "c_phone VARCHAR",
              "c_acctbal DECIMAL(15, 2)",
              "c_mktsegment VARCHAR",
              "c_comment VARCHAR"));
  static final Table PART =
      new Table(
          "part",
          1,
          List.of(
              "p_partkey INTEGER",
              "p_name VARCHAR",
              "p_mfgr VARCHAR",
              "p_brand VARCHAR",
              "p_type VARCHAR",
              "p_size INTEGER",
              "p_container VARCHAR",
              "p_retailprice DECIMAL(15, 2)",
              "p_comment VARCHAR"));
  static final Table PARTSUPP =
      new Table(
          "partsupp",
          2,
          List.of(
              "ps_partkey INTEGER",
              "ps_suppkey INTEGER",
              "ps_availqty INTEGER",
              "ps_supplycost DECIMAL(15, 2)",
              "ps_comment VARCHAR"));
  static final Table ORDERS =
      new Table(
          "orders",
          1,
          List.of(
              "o_orderkey INTEGER",
              "o_custkey INTEGER",
              "o_orderstatus VARCHAR",
              "o_totalprice DECIMAL(15, 2)",
              "o_orderdate DATE",
              "o_orderpriority VARCHAR",
              "o_clerk VARCHAR",
              "o_shippriority INTEGER",
              "o_comment VARCHAR"));
  static final Table LINEITEM =
      new Table(
          "lineitem",
          2,
          List.of(
              "l_orderkey INTEGER",
              "l_linenumber INTEGER",
              "l_partkey INTEGER",
              "l_suppkey INTEGER",
              "l_quantity DECIMAL(15, 2)",
              "l_extendedprice DECIMAL(15, 2)",
              "l_discount DECIMAL(15, 2)",
              "l_tax DECIMAL(15, 2)",
              "l_returnflag VARCHAR",
              "l_linestatus VARCHAR",
              "l_shipdate DATE",
              "l_commitdate DATE",
              "l_receiptdate DATE",
              "l_shipinstruct VARCHAR",
              "l_shipmode VARCHAR",
              "l_comment VARCHAR"));

  static final List<Table> ALL =
      List.of(REGION, NATION, SUPPLIER, CUSTOMER, PART, PARTSUPP, ORDERS, LINEITEM);

  String createSql() {
    List<String> keys =
        columns.subList(0, keyColumns).stream().map(c -> c.substring(0, c.indexOf(' '))).toList();
    return "CREATE TABLE "
        + name
        + " ("
        + String.join(", ", columns)
        + ", PRIMARY KEY ("
        + String.join(", ", keys)
        + "))";
  }

  String insertSql() {
    return "INSERT INTO " + name + " VALUES (" + "?, ".repeat(columns.size() - 1) + "?)";
  }

  String deleteSql() {
    StringBuilder where = new StringBuilder();
    for (int k = 0; k < keyColumns; k++) {
      String column = columns.get(k).substring(0, columns.get(k).indexOf(' '));
      where.append(k == 0 ? "" : " AND ").append(column).append(" = ?");
    }
    return "DELETE FROM " + name + " WHERE " + where;
  }
}
