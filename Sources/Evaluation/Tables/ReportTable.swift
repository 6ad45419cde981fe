/// A table of texts that can be shown in a terminal, in Markdown and in HTML.
public struct ReportTable: Sendable, Hashable {
  /// On which side a column's cells line up.
  public enum Alignment: Sendable, Hashable {
    /// Words.
    case leading
    /// Numbers.
    case trailing
  }

  /// A column.
  public struct Column: Sendable, Hashable {
    /// Its heading; may be empty.
    public let title: String
    /// Where its cells line up.
    public let alignment: Alignment
    /// How many characters a line of it may have in plain text; longer cells wrap at spaces.
    public let width: Int?

    /// A column.
    public init(_ title: String, _ alignment: Alignment = .leading, width: Int? = nil) {
      self.title = title
      self.alignment = alignment
      self.width = width
    }
  }

  /// A row.
  public struct Row: Sendable, Hashable {
    /// How a row stands to those around it.
    public enum Kind: Sendable, Hashable {
      /// It opens a block of rows and sums it up.
      case heading
      /// It details the heading above it.
      case detail
    }

    /// One text a column.
    public let cells: [String]
    /// How it stands to others.
    public let kind: Kind

    /// A row.
    public init(_ cells: [String], kind: Kind = .detail) {
      self.cells = cells
      self.kind = kind
    }
  }

  /// What the table shows.
  public let title: String
  /// What a reader must know to read it; may be empty.
  public let note: String
  /// The columns.
  public let columns: [Column]
  /// The rows.
  public let rows: [Row]

  /// A table.
  ///
  /// - Precondition: every row has one cell a column.
  public init(title: String, note: String = "", columns: [Column], rows: [Row]) {
    for row in rows {
      precondition(
        row.cells.count == columns.count,
        "a row of \(row.cells.count) cells can't stand in \(columns.count) columns")
    }
    self.title = title
    self.note = note
    self.columns = columns
    self.rows = rows
  }
}
